"""The pages of a day's edges: closing the day, and today's bookings to be printed at the door."""

from __future__ import annotations

from datetime import date

from flask import render_template, request, url_for
from flask_babel import get_locale

from booking.opening_sheet import rows_of
from core.i18n import LANGUAGES
from core.rights import requires
from core.web import config, local, now, reading
from counter import day_api, day_words
from counter.routes import blueprint, here
from office.hours import local_day
from queueing.day_rules import FATES


@blueprint.get("/counter/day")
@requires("officer", "head")
def day() -> str:
    """Who of a day is not decided yet, each with what can be done, and the button that closes the day."""
    with reading() as session:
        office, mine = here(session)
        shown = day_api.shown(session, office, _asked(), now())
        data = {
            "office": office.code,
            "line": url_for("counter_api.line", office=office.code),
            "address": url_for("day_api.day", office=office.code),
            "close": url_for("day_api.close", office=office.code),
            "console": url_for("counter.console"),
            "timezone": config().tz.key,
            "language": str(get_locale() or LANGUAGES[0])[:2],
            "asked": shown.on.isoformat() if shown.on != shown.today else "",
            "day": shown.model_dump(mode="json"),
            "fates": list(FATES),
            "words": day_words.page(),
            "undo_s": 30,
        }
        return render_template("counter/day.html", office_name=office.name, at_counter=mine, data=data, fates=day_words.fates())


@blueprint.get("/door/bookings")
@requires("helper", "officer", "head")
def bookings() -> str:
    """Today's bookings, masked, to be printed: the same page that is saved before each opening."""
    with reading() as session:
        office, _mine = here(session)
        today = local_day(now(), config().tz)
        return render_template(
            "counter/bookings.html",
            office=office,
            office_name=office.name,
            on=today,
            rows=rows_of(session, office, today, config().tz),
            saved_at=local(now()),
        )


def _asked() -> date | None:
    try:
        return day_api.DayAsked.model_validate({"on": request.args.get("on") or None}).on
    except ValueError:
        return None
