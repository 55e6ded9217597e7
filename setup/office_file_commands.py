"""`office export-setup` and `office import-setup`: an office's set-up as one file (docs/office-file.md)."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from core.refusals import FormRefused, Refusal
from core.web import config, now, reading, transaction
from notices.channels import EXTENSION, phone_channel
from office.commands import office_group
from office.store import office_by_code
from setup import office_file, plan_actions
from setup.office_file_reading import FileWrong, read
from setup.office_file_words import refused
from setup.plan_changes import Desk


@office_group.command("export-setup")
@click.argument("office_code", metavar="OFFICE")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def export_setup(office_code: str, file: Path | None) -> None:
    """Write how an office is set up to FILE, or to the standard output."""
    try:
        with reading() as session:
            text = office_file.written(session, office_by_code(session, office_code))
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence()) from refusal
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")


@office_group.command("import-setup")
@click.argument("office_code", metavar="OFFICE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_setup(office_code: str, file: Path) -> None:
    """Set an office up as FILE says: one version, which the page of changes can undo."""
    channel = phone_channel(current_app.extensions[EXTENSION])
    desk = Desk(None, now(), config().tz, config().public_url, channel, city=True)
    try:
        read_in = read(file.read_text(encoding="utf-8-sig"))
        with transaction() as session:
            office = office_by_code(session, office_code)
            told = plan_actions.save(session, office, office_file.change(session, office, read_in), seen=None, desk=desk)
    except UnicodeDecodeError as error:
        raise click.ClickException(refused(FileWrong("file", "big")).sentence()) from error
    except FileWrong as wrong:
        raise click.ClickException(refused(wrong).sentence()) from wrong
    except FormRefused as refusal:
        raise click.ClickException(" ".join(refusal.errors.values())) from refusal
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence()) from refusal
    click.echo(f"{office_code}: read in. {told.by_message} people were sent a message, {told.to_call} have to be called.")
