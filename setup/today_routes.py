"""Today, for the head's tablet: who waits, which counter does what, what alarms. What changes is drawn by today.js."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.rights import requires
from core.web import config, now, reading
from office.models import Office, Service
from office.store import office_by_code, services_of, skills_of
from office.words import field_name, service_name
from setup.forms import NOTICE_AT_MOST
from setup.pages import Answer, blueprint, own_or_chosen
from setup.today_view import today
from setup.today_words import alarm_words, today_words


@blueprint.get("/office/today")
@requires("head")
def today_start() -> Answer:
    """Today of the own office; the city administrator chooses one."""
    return own_or_chosen("setup.today_page")


@blueprint.get("/office/<office>/today")
@requires("head")
def today_page(office: str) -> Answer:
    """An office today."""
    with reading() as session:
        found = office_by_code(session, office)
        return render_template(
            "setup/today.html", office=found, data=_data(session, found), durations=_durations(), most=NOTICE_AT_MOST
        )


def _data(session: Session, office: Office) -> dict[str, Any]:
    services = services_of(session, office)
    return {
        "office": office.code,
        "today": url_for("setup_api.today_now", office=office.code),
        "notice": url_for("setup_api.tell_hall", office=office.code),
        "printers": url_for("setup.printers_page", office=office.code),
        "timezone": config().tz.key,
        "snapshot": today(session, office, now()).model_dump(mode="json"),
        "words": today_words(),
        "alarms": alarm_words(),
        "services": {service.code: service_name(service) for service in services},
        "takes": _takes(session, office, services),
    }


def _takes(session: Session, office: Office, services: Sequence[Service]) -> dict[int, str]:
    """The fields each counter takes, in words: whom to open for somebody who waits too long."""
    fields = {service.id: field_name(service.field) for service in services}
    skills = skills_of(session, office)
    return {counter: " · ".join(dict.fromkeys(fields[each] for each in taken)) for counter, taken in skills.items()}


def _durations() -> list[tuple[int, str]]:
    """For how long the hall is told something."""
    return [(15, _("15 phút")), (30, _("30 phút")), (60, _("1 giờ")), (120, _("2 giờ")), (240, _("4 giờ")), (480, _("8 giờ"))]
