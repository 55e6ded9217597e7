"""When the office and its counters are there: weekly hours, a counter's hours, the calendar. Each shown before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.rights import requires
from core.web import config, local, now, reading
from office.models import Office
from office.store import counter_hours_of, hours_of, office_by_code
from setup import changing, forms, month_rules, parts_store, plan_changes, store, words
from setup.change_rules import kind_of, name_of
from setup.pages import Answer, blueprint
from setup.plan_changes import PlanChange
from setup.rules import written_week

MONTHS_AHEAD = 12
"""How many months the calendar shows; a day further away than a year cannot be set (forms.DAYS_AHEAD)."""


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

    def build(session: Session, found: Office) -> PlanChange:
        return plan_changes.week_change(forms.week(forms.typed_week(request.form)))

    return changing.change(office, typed, build, _hours, _("Đã lưu giờ làm việc."), ("setup.office_page", {}))


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
    sent = {name: "1" if request.form.get(name) == "1" else "" for name in ("planned", "own")}
    typed = sent | _days(forms.typed_week(request.form))

    def build(session: Session, found: Office) -> PlanChange:
        row = store.counter_of(session, found, counter)
        return plan_changes.counter_hours_change(row.number, *forms.counter_plan(request.form))

    def page(session: Session, found: Office, typed: Mapping[str, str], **context: Any) -> str:
        return _counter(session, found, typed, counter=counter, **context)

    return changing.change(office, typed, build, page, _("Đã lưu giờ của quầy."), ("setup.counters_page", {}))


@blueprint.get("/office/<office>/days")
@requires("head")
def days_page(office: str) -> Answer:
    """A month of the calendar (`month`), and with `day` what that day is, to be changed."""
    with reading() as session:
        return _calendar(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/days")
@requires("head")
def days_sent(office: str) -> Answer:
    """Say what a day is. The same as for the office's hours."""
    typed = forms.typed_day(request.form)
    today = local(now()).date()

    def build(session: Session, found: Office) -> PlanChange:
        day = forms.special_day(typed, today)
        return plan_changes.day_removal(day) if isinstance(day, date) else plan_changes.day_change(day)

    where = ("setup.days_page", {"month": typed["on"][:7]})
    return changing.change(office, typed, build, _calendar, _("Đã lưu ngày này."), where)


def _hours(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    return _drawn("setup/hours.html", office, typed, **context)


def _counter(session: Session, office: Office, typed: Mapping[str, str], *, counter: int, **context: Any) -> str:
    found = store.counter_of(session, office, counter)
    return _drawn("setup/counter_hours.html", office, typed, counter=found, **context)


def _calendar(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    today = local(now()).date()
    chosen = forms.day_ahead(typed.get("on") or request.args.get("day", ""), today)
    asked = typed.get("on", "")[:7] or request.args.get("month", "") or (chosen.isoformat()[:7] if chosen else "")
    month = month_rules.month_of(asked, today, MONTHS_AHEAD)
    hours = hours_of(session, office, config().tz)
    parts = parts_store.read_days(session, office)
    own = {date.fromisoformat(name_of(part)): parts_store.day_of_part(name_of(part), parts[part]) for part in parts}
    assert all(kind_of(part) == "day" for part in parts)
    day = month_rules.day_of(chosen, hours, own) if chosen else None
    return _drawn(
        "setup/days.html",
        office,
        typed or (_typed_day(day) if day else {"kind": "closed"}),
        month=month,
        before=month_rules.moved(month, -1) if month > today else None,
        after=month_rules.moved(month, 1) if month < month_rules.moved(today.replace(day=1), MONTHS_AHEAD) else None,
        weeks=month_rules.weeks(month, hours, own),
        day=day,
        today=today,
        **context,
    )


def _typed_day(day: month_rules.MonthDay) -> dict[str, str]:
    """The form of a day as it is now; a day like any other is most often opened to be closed."""
    kinds = {month_rules.CLOSED: "closed", month_rules.OTHER: "hours", month_rules.EXTRA: "works_as"}
    return {
        "on": day.on.isoformat(),
        "kind": kinds.get(day.state, "closed" if day.spans else "works_as"),
        "hours": ", ".join(map(str, day.spans)),
        "as_weekday": str(day.as_weekday if day.as_weekday is not None else 0),
        "note": day.name if day.own else "",
    }


def _drawn(template: str, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    context = {"preview": None, "errors": {}, "refusal": None} | context
    return render_template(template, office=office, typed=typed, weekdays=words.weekdays(), **context)


def _days(week: Mapping[int, str]) -> dict[str, str]:
    """The seven fields of a week."""
    return {f"day{weekday}": hours for weekday, hours in week.items()}
