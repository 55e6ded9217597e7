"""The pages: choose a counter, the console at it, and the helper's tablet at the door."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import get_locale
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.i18n import LANGUAGES
from core.i18n import gettext as _
from core.rights import NotAllowed, actor, requires
from core.web import config, local, now, reading
from counter import door_words, lines, words
from counter.shapes import LineCounter
from office import store
from office.hours import local_day
from office.models import Counter, Office, Staff
from office.settings import Settings
from office.words import field_name, service_name

blueprint = Blueprint("counter", __name__, template_folder="templates", static_folder="static", static_url_path="/counter/static")


@blueprint.get("/counter/")
@requires("officer", "head")
def console() -> str | Response:
    """The officer's own counter; who has none is asked to choose one."""
    with reading() as session:
        office, mine = here(session)
        if mine is None:
            return redirect(url_for("counter.choose"))
        data = _data(session, office) | {
            "words": words.console(),
            "counter": mine.id,
            "staff": actor().id,
        }
        data["settings"]["may_pick"] = _may_pick(session)
        return render_template(
            "counter/console.html",
            office_name=office.name,
            counter=mine,
            staff_name=actor().name,
            takes=_takes(session, office)[mine.id],
            data=data,
            choices=words.choices(),
            keys=words.keys(),
        )


@blueprint.get("/counter/choose")
@requires("officer", "head")
def choose() -> str:
    """The counters of the office: open one, or move to another."""
    with reading() as session:
        office, mine = here(session)
        data = {
            "mine": mine.id if mine else None,
            "console": url_for("counter.console"),
            "no_answer": words.shared()["no_answer"],
        }
        cards = [_card(each, takes) for takes in [_takes(session, office)] for each in lines.counters(session, office, now())]
        return render_template("counter/choose.html", office_name=office.name, counters=cards, mine=mine, data=data)


@blueprint.get("/door/")
@requires("helper", "officer", "head")
def door() -> str:
    """The helper's tablet."""
    with reading() as session:
        office, _mine = here(session)
        return render_template(
            "counter/door.html",
            office_name=office.name,
            services=store.services_of(session, office),
            may_call=actor().role in ("officer", "head"),
            data=_data(session, office) | {"words": door_words.door(), "today": local_day(now(), config().tz).isoformat()},
        )


def here(session: Session) -> tuple[Office, Counter | None]:
    """The actor's office and the counter this person sits at. A city administrator sits at no counter."""
    code = actor().office
    if code is None:
        raise NotAllowed()
    return store.office_by_code(session, code), store.seat_of(session, actor().id)


def _data(session: Session, office: Office) -> dict[str, Any]:
    settings = Settings.of(office.settings)
    return {
        "office": office.code,
        "line": url_for("counter_api.line", office=office.code),
        "timezone": config().tz.key,
        "language": str(get_locale() or LANGUAGES[0])[:2],
        "snapshot": lines.snapshot(session, office, now()).model_dump(mode="json"),
        "settings": {"hold_alarm": settings.hold_alarm},
        "services": [
            {"code": each.code, "name": service_name(each), "prefix": each.prefix, "papers": bool(each.documents)}
            for each in store.services_of(session, office)
        ],
    }


def _may_pick(session: Session) -> bool:
    """Whether this officer may call somebody before the others; the head always may."""
    staff = session.get(Staff, actor().id)
    return actor().role != "officer" or (staff is not None and staff.may_pick)


def _takes(session: Session, office: Office) -> dict[int, str]:
    """The fields each counter takes, in words."""
    fields = {service.id: field_name(service.field) for service in store.services_of(session, office)}
    skills = store.skills_of(session, office)
    return {
        counter.id: " · ".join(dict.fromkeys(fields[each] for each in skills.get(counter.id, ())))
        for counter in store.counters_of(session, office)
    }


def _card(counter: LineCounter, takes: dict[int, str]) -> dict[str, Any]:
    """A counter to choose: how it stands, who sits there, and whether nothing is heard of its console."""
    states = {"open": _("Đang mở"), "paused": _("Đang tạm ngưng"), "closed": _("Đã đóng")}
    silent = counter.silent and counter.seen_at is not None
    return {
        "id": counter.id,
        "number": counter.number,
        "name": counter.name,
        "state": counter.state,
        "state_words": states[counter.state],
        "staff_name": counter.staff.name if counter.staff else "",
        "takes": takes[counter.id],
        "back_at": local(counter.back_at) if counter.back_at else None,
        "silent_minutes": int((now() - counter.seen_at).total_seconds() // 60) if silent and counter.seen_at else None,
        "ticket": counter.ticket.number if counter.ticket else "",
    }
