"""When the office and its counters are there: weekly hours, a counter's hours, single days. Each shown before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused, Refusal
from core.rights import requires
from core.web import config, local, now, reading, transaction
from office.models import Office
from office.store import counter_hours_of, hours_of, office_by_code
from setup import forms, plan_actions, store, words
from setup.call_lines import lost_line
from setup.pages import Answer, blueprint, desk, saved
from setup.plan_changes import CounterChange, DayChange, DayRemoval, PlanChange, WeekChange
from setup.refusals import HoursTouchMore
from setup.rules import written_week

CITY_DAYS_SHOWN = timedelta(days=90)
"""How far ahead the city's holidays are listed; days of the office's own are listed however far they are."""

Build = Callable[[Session, Office], PlanChange]
Page = Callable[..., str]
"""Draws a page: called with the session, the office, what was typed, and what is to be shown of it."""


@blueprint.get("/office/<office>/hours")
@requires("head")
def hours_page(office: str) -> Answer:
    """The weekly hours, to be changed."""
    with reading() as session:
        found = office_by_code(session, office)
        typed = _days(written_week(hours_of(session, found, config().tz).weekly))
        return _hours(session, found, typed)


@blueprint.post("/office/<office>/hours")
@requires("head")
def hours_sent(office: str) -> Answer:
    """First show which bookings the new hours hurt; save them when the head has seen exactly those (`seen`)."""
    typed = _days(forms.typed_week(request.form))
    return _planned(office, typed, lambda session, found: WeekChange(forms.week(forms.typed_week(request.form))), _hours)


@blueprint.get("/office/<office>/counters/<int:counter>/hours")
@requires("head")
def counter_page(office: str, counter: int) -> Answer:
    """Whether a counter is planned to be staffed, and when."""
    with reading() as session:
        found = office_by_code(session, office)
        row = store.counter_of(session, found, counter)
        own = counter_hours_of(session, found, hours_of(session, found, config().tz))[row.id].own
        whole = hours_of(session, found, config().tz).weekly
        typed = {"planned": "1" if row.planned else "", "own": "1" if own else ""} | _days(written_week(own or whole))
        return _counter(session, found, typed, counter=counter)


@blueprint.post("/office/<office>/counters/<int:counter>/hours")
@requires("head")
def counter_sent(office: str, counter: int) -> Answer:
    """The same as for the office's hours."""
    sent = {name: request.form.get(name, "")[:1] for name in ("planned", "own")}
    typed = sent | _days(forms.typed_week(request.form))

    def change(session: Session, found: Office) -> PlanChange:
        row = store.counter_of(session, found, counter)
        planned, own = forms.counter_plan(request.form)
        return CounterChange(row.id, planned, own)

    def page(session: Session, found: Office, typed: Mapping[str, str], **context: Any) -> str:
        return _counter(session, found, typed, counter=counter, **context)

    return _planned(office, typed, change, page)


@blueprint.get("/office/<office>/days")
@requires("head")
def days_page(office: str) -> Answer:
    """The coming days that are not like their weekday."""
    with reading() as session:
        return _special_days(session, office_by_code(session, office), {"kind": "closed"})


@blueprint.post("/office/<office>/days")
@requires("head")
def days_sent(office: str) -> Answer:
    """Set a day, or with `remove` (its id) take one away. The same as for the office's hours."""
    removed = request.form.get("remove", type=int)
    typed = {"remove": str(removed)} if removed is not None else forms.typed_day(request.form)

    def change(session: Session, found: Office) -> PlanChange:
        if removed is not None:
            return DayRemoval(store.day_of(session, found, removed).on)
        return DayChange(forms.special_day(typed, local(now()).date()))

    return _planned(office, typed, change, _special_days)


def _planned(code: str, typed: Mapping[str, str], build: Build, page: Page) -> Answer:
    """Show what a change would do, or save it when exactly that was seen; refused, the page with what was typed."""
    seen = request.form.get("seen")
    try:
        if seen is None:
            return _previewed(code, typed, build, page)
        with transaction() as session:
            found = office_by_code(session, code)
            told = plan_actions.save(session, found, build(session, found), seen=seen, desk=desk())
    except HoursTouchMore as refusal:
        return _previewed(code, typed, build, page, refusal), refusal.status
    except FormRefused as refusal:
        with reading() as session:
            return page(session, office_by_code(session, code), typed, errors=refusal.errors), refusal.status
    return saved(code, told, _("Đã lưu giờ làm việc."), "setup.office_page")


def _previewed(code: str, typed: Mapping[str, str], build: Build, page: Page, refusal: Refusal | None = None) -> str:
    with reading() as session:
        found = office_by_code(session, code)
        preview = plan_actions.preview(session, found, build(session, found), desk())
        lost = [lost_line(each) for each in preview.lost]
        return page(session, found, typed, preview=preview, lost=lost, refusal=refusal)


def _hours(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    return _drawn("setup/hours.html", office, typed, **context)


def _counter(session: Session, office: Office, typed: Mapping[str, str], *, counter: int, **context: Any) -> str:
    found = store.counter_of(session, office, counter)
    return _drawn("setup/counter.html", office, typed, counter=found, **context)


def _special_days(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    today = local(now()).date()
    days = [words.day_line(day) for day in store.days_from(session, office, today, until=today + CITY_DAYS_SHOWN)]
    removed = next((day for day in days if str(day.id) == typed.get("remove")), None)
    return _drawn("setup/days.html", office, typed, days=days, today=today, removed=removed, **context)


def _drawn(template: str, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    context = {"preview": None, "errors": {}, "refusal": None} | context
    return render_template(template, office=office, typed=typed, weekdays=words.weekdays(), **context)


def _days(week: Mapping[int, str]) -> dict[str, str]:
    """The seven fields of a week."""
    return {f"day{weekday}": hours for weekday, hours in week.items()}
