"""`office demo`: the demo ward, made once and shown at every start. `office furnish`: a real ward before its first day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from core.rights import NotFound
from core.web import config, now, reading, transaction
from office import actions, store
from office.commands import office_group
from office.hours import OFFICE_HOURS, local_day
from office.models import Office
from setup import demo, demo_sheet
from setup.demo_sheet import Sheet
from setup.demo_ward import OFFICE_CODE, STAFF
from setup.store import replace_weekly_hours


@office_group.command("demo")
def demo_command() -> None:
    """Set up the demo ward at the first start; print its addresses and sign-ins at every start."""
    path = config().data_dir / "demo.txt"
    try:
        with reading() as session:
            built = demo.is_built(session, store.office_by_code(session, OFFICE_CODE))
    except NotFound as missing:
        raise click.ClickException(f"Unit {OFFICE_CODE} is not known yet. Run `office init` first.") from missing
    if not built:
        _build(path)
    with transaction() as session:
        office = store.office_by_code(session, OFFICE_CODE)
        demo.keep_open_on_holidays(session, office)
        sheet = demo_sheet.read(path)
        shown = _written(Sheet(sheet.passwords, _pairing_codes(session, office, sheet.codes, now())), office)
    demo_sheet.write(path, shown)
    click.echo(shown, nl=False)


@office_group.command("furnish")
@click.argument("office_code", metavar="OFFICE")
def furnish(office_code: str) -> None:
    """Give an office without counters the catalogue's services, five counters and the usual hours."""
    try:
        with transaction() as session:
            office = store.office_by_code(session, office_code)
            if demo.is_built(session, office):
                raise click.ClickException(f"{office.name} has counters already: nothing was changed.")
            demo.furnish(session, office, local_day(now(), config().tz))
            replace_weekly_hours(session, office, OFFICE_HOURS)
            store.lock_office(session, office)
            name, services, counters = (
                office.name,
                len(store.services_of(session, office)),
                len(store.counters_of(session, office)),
            )
    except NotFound as missing:
        raise click.ClickException(f"No office has the code {office_code}.") from missing
    click.echo(f"{name}: {services} services, {counters} counters.")


def _build(path: Path) -> None:
    kept = demo_sheet.read(path).passwords
    passwords = {person.username: kept.get(person.username) or demo_sheet.new_password() for person in STAFF}
    with reading() as session:
        demo_sheet.write(path, _written(Sheet(passwords, {}), store.office_by_code(session, OFFICE_CODE)))
    # argon2 takes tens of milliseconds each: before the write transaction, not in it.
    hashes = {username: actions.hash_password(password) for username, password in passwords.items()}
    today = local_day(now(), config().tz)
    with transaction() as session:
        office = store.office_by_code(session, OFFICE_CODE)
        if not demo.is_built(session, office):
            demo.build(session, office, hashes, today, now())


def _pairing_codes(session: Session, office: Office, kept: dict[str, str], at: datetime) -> dict[str, str]:
    """A code for each demo device: the one of the sheet while it works, else a new one."""
    codes = {}
    for kind, device in demo.devices(session, office).items():
        found = store.pairing_by_code(session, kept.get(kind, ""), at)
        works = found is not None and found[1].id == device.id
        codes[kind] = kept[kind] if works else actions.offer_pairing(session, device, at)
    return codes


def _written(sheet: Sheet, office: Office) -> str:
    return demo_sheet.text(sheet, office.name, office.code, config().public_url)
