"""`flask printer ...`: what the technician does with printers at the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from core.web import config, local, now, reading, transaction
from printer import actions, store
from printer.devices import open_device
from printer.models import PRINTER_KINDS, WIDTHS, Printer

printer_group = AppGroup("printer", help="Printers and test pages.")


@printer_group.command("add")
@click.argument("key")
@click.option("--kind", type=click.Choice(PRINTER_KINDS), default="file", show_default=True)
@click.option("--address", default="", help="HOST:PORT, VID:PID, /dev/ttyUSB0?baud=9600, the name of a queue, or a folder.")
@click.option("--place", required=True, help="Whose printer it is: the office's code.")
@click.option("--name", default="", help="What people call it.")
@click.option("--width", type=click.Choice([str(width) for width in WIDTHS]), default="576", show_default=True)
def add(key: str, kind: str, address: str, place: str, name: str, width: str) -> None:
    """Set up the printer KEY, or change it when it is there."""
    _check_address(kind, address, key)
    with transaction() as session:
        actions.set_up(session, key, kind=kind, address=address, place=place, name=name or key, width_dots=int(width), now=now())
    click.echo(key)


@printer_group.command("fallback")
@click.argument("key")
@click.argument("other", required=False)
def fallback(key: str, other: str | None) -> None:
    """What the printer KEY cannot print, OTHER prints; without OTHER, none does."""
    with transaction() as session:
        try:
            actions.set_fallback(session, _known(session, key), _known(session, other) if other else None)
        except ValueError as error:
            raise click.ClickException(str(error)) from error


@printer_group.command("remove")
@click.argument("key")
def remove(key: str) -> None:
    """Take the printer KEY out of service; `printer add` puts it back."""
    with transaction() as session:
        actions.take_out(session, _known(session, key), now())


@printer_group.command("list")
def list_printers() -> None:
    """Every printer and how it is."""
    with reading() as session:
        for each in store.all_printers(session):
            click.echo(_line(each))


@printer_group.command("test")
@click.argument("key")
def test(key: str) -> None:
    """Queue a test page at the printer KEY; the running server prints it."""
    at = now()
    try:
        with transaction() as session:
            job = actions.print_trial(session, key, at=local(at).strftime("%H:%M, %d/%m/%Y"), now=at)
    except actions.NoSuchPrinter as error:
        raise click.ClickException(f"no printer {key}; see `flask printer list`") from error
    click.echo(f"job {job.id}: {job.state}")


def _known(session: Session, key: str) -> Printer:
    printer = store.find_printer(session, key)
    if printer is None:
        raise click.ClickException(f"no printer {key}; see `flask printer list`")
    return printer


def _check_address(kind: str, address: str, key: str) -> None:
    if kind == "agent" and not address:
        return
    try:
        open_device(kind, address, key, folder=config().data_dir / "printed")
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _line(printer: Printer) -> str:
    state = printer.state if printer.active else "out of service"
    return f"{printer.key}\t{printer.kind}\t{printer.address}\t{printer.width_dots}\t{state}\t{printer.detail}"
