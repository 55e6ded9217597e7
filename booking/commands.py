"""`office erase`: the answer to a person who asks for the data of a phone to be deleted (within two working days by law)."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from booking import phone_codes, privacy, privacy_store
from booking.forms import e164
from booking.models import Appointment, WaitingEntry
from booking.opening_sheet import opening_sheets
from core.rights import NotFound
from core.web import config, now, reading, transaction
from notices import actions as notices
from office.actions import audit
from office.commands import office_group
from office.hours import local_day
from office.models import Office
from office.store import office_by_code


@office_group.command("erase")
@click.argument("phone")
@click.option("--office", "office_code", help="Only at the office with this code; at all of them when not said.")
@click.option("--yes", is_flag=True, help="Do not ask before bookings still to come are cancelled and erased.")
def erase(phone: str, office_code: str | None, yes: bool) -> None:
    """Erase name, phone and messages of all bookings and waiting of a PHONE. Prints counts only."""
    number = _number(phone)
    with reading() as session:
        office = _office(session, office_code)
        bookings = privacy_store.appointments_of(session, number, office)
        waiting = privacy_store.waiting_entries_of(session, number, office)
    coming = [each.token for each in bookings if _is_coming(each)] + [each.token for each in waiting if _is_waiting(each)]
    spared: set[str] = set()
    if coming and not yes and not click.confirm(f"{len(coming)} bookings or waiting still to come will be cancelled. Go on?"):
        spared = set(coming)
    gone = [each for each in bookings if each.token not in spared]
    left = [each for each in waiting if each.token not in spared]
    for booking in gone:
        _erase_booking(booking)
    for entry in left:
        _erase_waiting(entry)
    if office is None and not spared:
        _erase_the_rest(number)
    opening_sheets().rewrite_changed()
    click.echo(f"{len(gone)} bookings and {len(left)} entries of waiting lists erased, {len(spared)} left as they were.")


def _number(phone: str) -> str:
    try:
        return e164(phone)
    except ValueError as error:
        raise click.BadParameter("this is not a telephone number.", param_hint="PHONE") from error


def _office(session: Session, code: str | None) -> Office | None:
    try:
        return office_by_code(session, code) if code else None
    except NotFound as missing:
        raise click.ClickException(f"No office has the code {code}.") from missing


def _is_coming(booking: Appointment) -> bool:
    return booking.state == "booked" and booking.on >= local_day(now(), config().tz)


def _is_waiting(entry: WaitingEntry) -> bool:
    return entry.state in ("waiting", "offered") and entry.on >= local_day(now(), config().tz)


def _erase_booking(booking: Appointment) -> None:
    """In a transaction of its own, with its line in the log: the log names the booking, never the phone."""
    with transaction() as session:
        privacy.erase(session, booking.token, now=now(), tz=config().tz, public_url=config().public_url)
        audit(session, "data_erased", now(), office_id=booking.office_id, booking=booking.id)


def _erase_waiting(entry: WaitingEntry) -> None:
    with transaction() as session:
        privacy.erase_waiting(session, entry.token, now=now(), tz=config().tz, public_url=config().public_url)
        audit(session, "data_erased", now(), office_id=entry.office_id, waiting=entry.id)


def _erase_the_rest(number: str) -> None:
    """What was written to the phone about nothing that is kept: codes."""
    with transaction() as session:
        notices.erase_to(session, number, now())
        phone_codes.forget(session, number, secret=config().secret_key)
