"""People to be called because their hour is lost, and how many bookings each phone and device made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from booking import call_list
from booking.call_store import entry_by_id
from booking.models import CallListEntry
from booking.steps import instant
from booking.words import hour_words
from core.i18n import gettext as _
from core.refusals import Refusal
from core.rights import NotFound, actor, requires
from core.web import config, local, now, reading, transaction
from office.models import Office
from office.store import office_by_code
from setup import booker_store
from setup.api import CALLERS
from setup.call_lines import call_line
from setup.pages import Answer, blueprint
from setup.rules import USUAL_BOOKINGS, USUAL_WASTED, worth_a_look

MOST_SHOWN = 100
"""Phones, and devices, on one page: those worth a look stand first."""


@blueprint.get("/office/<office>/calls")
@requires(*CALLERS)
def calls_page(office: str) -> Answer:
    """Who is to be called, and who need not be any more."""
    with reading() as session:
        return _calls(session, office_by_code(session, office))


@blueprint.post("/office/<office>/calls/<int:entry>/called")
@requires(*CALLERS)
def called_sent(office: str, entry: int) -> Answer:
    """Tick "called", or untick it."""
    called = request.form.get("called") != "0"

    def change(session: Session, found: CallListEntry) -> str:
        call_list.set_called(session, found, called, staff_id=actor().id, now=now())
        return _("Đã ghi là đã gọi.") if called else _("Đã bỏ dấu đã gọi.")

    return _done(office, entry, change, lock=True)


@blueprint.post("/office/<office>/calls/<int:entry>/move")
@requires(*CALLERS)
def call_move_sent(office: str, entry: int) -> Answer:
    """Give the booking the hour agreed on the telephone."""

    def change(session: Session, found: CallListEntry) -> str:
        at = instant(request.form.get("at", ""))
        moved = call_list.move(
            session, found, at, staff_id=actor().id, now=now(), tz=config().tz, public_url=config().public_url
        )
        return _("Đã dời lịch hẹn %(code)s sang %(hour)s.", code=moved.code, hour=hour_words(local(moved.starts_at)))

    return _done(office, entry, change)


@blueprint.post("/office/<office>/calls/<int:entry>/open")
@requires(*CALLERS)
def call_open_sent(office: str, entry: int) -> Answer:
    """Show the name of one person in full; that is written down."""
    with transaction() as session:
        place = office_by_code(session, office)
        call_list.open_booking(session, _entry(session, place, entry), staff_id=actor().id, now=now())
    with reading() as session:
        return _calls(session, office_by_code(session, office), opened=entry)


@blueprint.get("/office/<office>/bookings")
@requires("head")
def bookers_page(office: str) -> Answer:
    """Bookings by phone and by device of the last thirty days."""
    with reading() as session:
        found, today = office_by_code(session, office), local(now()).date()
        lists = {
            "phones": worth_a_look(booker_store.bookers_by_phone(session, found, today)),
            "devices": worth_a_look(booker_store.bookers_by_device(session, found, today)),
        }
        usual = {"bookings": USUAL_BOOKINGS, "wasted": USUAL_WASTED}
        return render_template("setup/bookers.html", office=found, lists=lists, usual=usual, most=MOST_SHOWN)


def _done(office: str, entry: int, change: Callable[[Session, CallListEntry], str], *, lock: bool = False) -> Answer:
    """Do something with an entry and go back to the list; refused, the list says why."""
    try:
        with transaction() as session:
            place = office_by_code(session, office)
            sentence = change(session, _entry(session, place, entry, lock=lock))
    except NotFound:
        raise
    except Refusal as refusal:
        with reading() as session:
            return _calls(session, office_by_code(session, office), refusal=refusal), refusal.status
    flash(sentence, "success")
    return redirect(url_for("setup.calls_page", office=office), 303)


def _entry(session: Session, office: Office, entry_id: int, *, lock: bool = False) -> CallListEntry:
    """The entry of this office. Raises NotFound, also for another office's."""
    entry = entry_by_id(session, entry_id, lock=lock)
    if entry.office_id != office.id:
        raise NotFound()
    return entry


def _calls(session: Session, office: Office, *, opened: int | None = None, **context: Any) -> str:
    lines = [call_line(each) for each in call_list.entries(session, office, now=now(), tz=config().tz)]
    return render_template(
        "setup/calls.html",
        **{"refusal": None} | context,
        office=office,
        to_call=[line for line in lines if line.state == "open"],
        done=[line for line in lines if line.state != "open"],
        opened=opened,
    )
