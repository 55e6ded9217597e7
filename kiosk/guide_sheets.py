"""A service's checklist on paper ("Phiếu hướng dẫn"): for who wants to know what to bring and takes no number. Its calls, and
what stands on it.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from flask import Blueprint
from flask_babel import force_locale
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from core.api import Body, Text, endpoint
from core.i18n import gettext as _
from core.pages import limiter
from core.rights import NotFound, actor, requires
from core.web import config, local, now
from kiosk import refusals
from kiosk.paper import expires_in, printer_for
from kiosk.served import served_office
from office.models import Office, Service
from office.store import office_by_code, service_by_code
from office.words import service_name
from printer.actions import submit
from printer.slip import Slip
from printer.store import came_out_elsewhere, latest_job, state_for_people, state_now

SHEETS = "20 per minute"
"""Of one kiosk or person: more is a child at play, and paper costs money."""

KIND = "sheet"

blueprint = Blueprint("guide_sheets", __name__)


class SheetIn(Body):
    """Of which service (its code), with the words around the papers in which language. `place`: the office whose service it is,
    where the kiosk serves several.
    """

    service: Annotated[Text, Field(min_length=1, max_length=64)]
    place: Annotated[Text | None, Field(max_length=20)] = None
    lang: Literal["vi", "en"] = "vi"


class SheetOut(BaseModel):
    """A sheet on its way: the state of its job and of the printer; `at` names the printer it comes out at, where that is not the
    one it was meant for.
    """

    id: str
    state: str
    printer: str
    at: str | None


@blueprint.post("/offices/<office>/guide-sheets")
@limiter.limit(SHEETS, key_func=lambda: f"{actor().kind}:{actor().id}")
@requires("kiosk", "staff")
@endpoint(summary="Print what to bring for a service; no number", body=SheetIn, answers={201: SheetOut})
def print_sheet(session: Session, office: str, body: SheetIn) -> tuple[SheetOut, int]:
    """At the kiosk's printer, for staff at the office's. 409 `no_printer`, and `no_papers` where nothing is to be brought."""
    at = office_by_code(session, office)
    place = served_office(session, at, actor(), body.place)
    service = service_by_code(session, place, body.service)
    if not service.documents:
        raise refusals.NoPapers()
    slip = guide_sheet(place, service, lang=body.lang, public_url=config().public_url, printed_at=local(now()))
    return print_slip(session, at, slip, kind=KIND), 201


@blueprint.get("/offices/<office>/guide-sheets/<sheet>")
@requires("kiosk", "staff")
@endpoint(summary="What became of such a sheet", answers={200: SheetOut})
def sheet_state(session: Session, office: str, sheet: str) -> SheetOut:
    """Asked until the paper has come, or has not."""
    return _shown(session, office_by_code(session, office), sheet)


def print_slip(session: Session, office: Office, slip: Slip, *, kind: str) -> SheetOut:
    """Queue a paper that is nobody's number where whoever asks prints. Raises NoPrinter."""
    printer = printer_for(session, office, actor())
    if printer is None:
        raise refusals.NoPrinter()
    sheet = secrets.token_urlsafe(9)
    submit(session, printer.key, slip, reference=_reference(sheet), kind=kind, now=now(), expires_in=expires_in(actor()))
    return _shown(session, office, sheet)


def guide_sheet(office: Office, service: Service, *, lang: str, public_url: str, printed_at: datetime) -> Slip:
    """The sheet: every paper with a box to tick, what it costs and how long it takes, and where an hour can be booked."""
    with force_locale(lang):
        facts = ((_("Lệ phí"), service.fee), (_("Thời hạn giải quyết"), service.processing_time))
        return Slip(
            office=_("UBND %(office)s", office=office.name).upper(),
            unit=_("Điểm phục vụ hành chính công"),
            number="",
            service=service_name(service, lang),
            checklist_title=_("Giấy tờ cần mang theo"),
            checklist=tuple(str(paper) for paper in service.documents),
            url=f"{public_url}/o/{office.code}/time?{urlencode({'service': service.code})}" if service.bookable else "",
            taken_at=f"{printed_at:%H:%M, %d/%m/%Y}",
            notes=tuple(f"{name}: {fact}" for name, fact in facts if fact),
            hotline=office.hotline,
            lang=lang,
            labels={
                "title": _("PHIẾU HƯỚNG DẪN"),
                "scan": _("Quét mã để đặt lịch hẹn"),
                "taken": _("In lúc {at}"),
            },
        )


def _reference(sheet: str) -> str:
    return f"sheet:{sheet}"


def _shown(session: Session, office: Office, sheet: str) -> SheetOut:
    job = latest_job(session, _reference(sheet[:40]))
    if job is None or job.printer.place != office.code:
        raise NotFound()
    printer = state_for_people(session, job.printer)
    return SheetOut(id=sheet, state=state_now(job, now()), printer=printer, at=came_out_elsewhere(session, job.reference))
