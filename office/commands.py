"""The command line of an office: set up, import, staff, tokens, devices, backup."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from core import backup, migrate
from core.refusals import Refusal
from core.web import config, now, transaction
from office import actions, store
from office.hours import local_day
from office.models import DEVICE_KINDS, ROLES
from office.settings import Settings, read_changes

DATA = Path(__file__).parent / "data"
UNITS, PROCEDURES = DATA / "hanoi-units.json", DATA / "procedures.csv"

office_group = AppGroup("office", help="Set up and look after offices.")
_existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@office_group.command()
def init() -> None:
    """Bring the database to this version and import the units, procedures and holidays shipped with it."""
    today = local_day(now(), config().tz)
    with migrate.alone(config().database_url):
        migrate.upgrade(config().database_url)
        with transaction() as session:
            units = actions.import_units(session, UNITS)
            procedures = actions.import_procedures(session, PROCEDURES, valid_from=today)
            actions.import_holidays(session, (today.year, today.year + 1))
    click.echo(f"{units} units, {procedures} procedures.", err=True)


@office_group.command("import-units")
@click.argument("file", type=_existing)
def import_units(file: Path) -> None:
    """Import units from a JSON list of {code, name}."""
    try:
        with transaction() as session:
            click.echo(f"{actions.import_units(session, file)} units.")
    except ValueError as error:
        raise click.ClickException(f"{file} cannot be used: {error}") from error


@office_group.command("import-procedures")
@click.argument("file", type=_existing)
def import_procedures(file: Path) -> None:
    """Import procedures from a CSV file with the columns of the one shipped."""
    try:
        with transaction() as session:
            count = actions.import_procedures(session, file, valid_from=local_day(now(), config().tz))
    except (ValueError, KeyError) as error:
        raise click.ClickException(f"{file} cannot be used: {error}") from error
    click.echo(f"{count} procedures.")


@office_group.group()
def staff() -> None:
    """Staff who sign in."""


@staff.command("add")
@click.argument("username")
@click.option("--name", required=True, help="As shown to colleagues.")
@click.option("--role", type=click.Choice(ROLES), default="officer", show_default=True)
@click.option("--office", "office_code", help="Code of the office; none for the role city.")
@click.option("--password", help="Made and printed when not given.")
@click.option("--no-pick", is_flag=True, help="May not call anybody out of order; a head always may.")
def add_staff(username: str, name: str, role: str, office_code: str | None, password: str | None, no_pick: bool) -> None:
    """Add a staff member."""
    if (role == "city") != (office_code is None):
        raise click.UsageError("A city administrator has no office; everybody else names one with --office.")
    password = password or secrets.token_urlsafe(9)
    hashed = actions.hash_password(password)
    try:
        with transaction() as session:
            office = store.office_by_code(session, office_code) if office_code else None
            actions.add_staff(
                session,
                username=username,
                name=name,
                password_hash=hashed,
                role=role,
                office=office,
                may_pick=not no_pick,
                now=now(),
            )
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence()) from refusal
    click.echo(f"{username} {password}")


@staff.command("pick")
@click.argument("username")
@click.option("--allow/--deny", required=True, help="Whether this person may call somebody out of order.")
def let_pick(username: str, allow: bool) -> None:
    """Give or take the right to call somebody out of order; a head always has it."""
    with transaction() as session:
        member = store.staff_by_username(session, username)
        if member is None:
            raise click.ClickException(f"There is no active staff member {username}.")
        member.may_pick = allow
        actions.audit(session, "may_pick", now(), office_id=member.office_id, staff=member.id, allowed=allow)
    click.echo(f"{username} {'may' if allow else 'may not'} call out of order.")


@office_group.command("settings")
@click.argument("office_code", metavar="OFFICE")
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE]...")
def settings_of(office_code: str, changes: tuple[str, ...]) -> None:
    """Show every setting of an office, after the changes that are named."""
    try:
        with transaction() as session:
            office = store.office_by_code(session, office_code)
            actions.change_settings(session, office, read_changes(changes), now=now())
            shown = asdict(Settings.of(office.settings))
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence()) from refusal
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    default = asdict(Settings())
    for name, value in shown.items():
        click.echo(f"{name}={value}" + ("" if value == default[name] else f"  (usually {default[name]})"))


@office_group.command()
@click.argument("username")
def token(username: str) -> None:
    """Print a new bearer token of a staff member, and nothing else."""
    with transaction() as session:
        member = store.staff_by_username(session, username)
        if member is None:
            raise click.ClickException(f"There is no active staff member {username}.")
        made = actions.make_token(session, member, now())
    click.echo(made)


@office_group.command()
@click.argument("office_code", metavar="OFFICE")
@click.argument("kind", type=click.Choice(DEVICE_KINDS))
@click.option("--name", help="As shown in the list of devices.")
@click.option("--off-site", is_flag=True, help="It stands outside the office: it books hours and never makes a number.")
@click.option("--printer", "printer_key", help="Key of the printer that prints this kiosk's tickets.")
def pair(office_code: str, kind: str, name: str | None, off_site: bool, printer_key: str | None) -> None:
    """Add a device to an office and print its bearer token, and nothing else."""
    try:
        with transaction() as session:
            office = store.office_by_code(session, office_code)
            device = actions.add_device(
                session, office, kind, name or kind, on_site=not off_site, printer_key=printer_key
            )
            made = actions.give_token(device, now())
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence()) from refusal
    click.echo(made)


@office_group.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def write_backup(file: Path) -> None:
    """Write everything to one file, while the server runs."""
    try:
        backup.write(config(), file, now())
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}")


@office_group.command("check-backup")
@click.argument("file", type=_existing)
def check_backup(file: Path) -> None:
    """Read a backup as a restore would, and change nothing."""
    try:
        click.echo(backup.check(config(), file))
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error


@office_group.command("restore")
@click.argument("file", type=_existing)
@click.confirmation_option(prompt="All data of now will be replaced by the backup's. Go on?")
def read_backup(file: Path) -> None:
    """Put everything back to what a backup holds, while the server runs."""
    try:
        backup.read_back(config(), file)
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error
    migrate.upgrade(config().database_url)
    click.echo("Restored.")
