"""The kiosk's page, its pictures of codes, and "I am here" from the own phone."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from booking.links import hour_url
from booking.store import appointment_by_token
from core.i18n import LANGUAGES
from core.i18n import gettext as _
from core.qr import qr_svg
from core.refusals import Refusal
from core.rights import Actor, NotFound, actor, requires
from core.web import config, now, reading, transaction
from kiosk import actions
from kiosk.api import forecast_now, here
from kiosk.screens import page_data
from kiosk.served import offices_of
from kiosk.words import in_both_languages
from office.models import Office
from office.settings import Settings
from office.store import office_by_code, service_by_code

blueprint = Blueprint("kiosk", __name__, static_folder="static", static_url_path="/kiosk/static", template_folder="templates")


@blueprint.get("/kiosk/<office>")
@requires("anyone")
def screen(office: str) -> str:
    """The screens, on a paired kiosk or for signed-in staff; any other browser is told how it becomes a kiosk."""
    with reading() as session:
        place = office_by_code(session, office)
        if not _is_kiosk_of(actor(), office):
            return render_template("kiosk/pair.html", office=place)
        g.lang = LANGUAGES[0]  # Whoever comes next starts in Vietnamese, whatever the last one chose.
        data = page_data(session, place, actor())
        notices = [] if actor().on_site else [(each.code, _notice(each)) for each in offices_of(session, place, actor())]
        return render_template("kiosk/kiosk.html", office=place, data=data, words=data["words"]["vi"], notices=notices)


@blueprint.get("/kiosk/<office>/qr/<any(a, t):kind>/<token>.svg")
@requires("kiosk", "staff")
def qr(office: str, kind: str, token: str) -> Response:
    """The code of a ticket's or booking's page as a picture. It tells only what whoever asks knows already."""
    if len(token) > 64:
        raise NotFound()
    return Response(qr_svg(f"{config().public_url}/{kind}/{token}"), mimetype="image/svg+xml")


@blueprint.post("/kiosk/arrived/<token>")
@requires("anyone")
def arrived(token: str) -> AnyResponse:
    """ "Tôi đã đến" from the own phone: whoever has the booking's link, within its time; leads to the ticket's page."""
    try:
        with reading() as session:
            known = forecast_now(session, appointment_by_token(session, token).office.code)
        with transaction() as session:
            ticket = actions.arrive(session, token, place=here(known), now=now())
    except NotFound:
        raise
    except Refusal as refusal:
        links = [(f"/a/{token}", _("Quay lại lịch hẹn"))]
        return make_response(render_template("core/error.html", refusal=refusal, links=links), refusal.status)
    return redirect(f"/t/{ticket.token}", 303)


@blueprint.get("/kiosk/<office>/qr/hour.svg")
@requires("kiosk", "staff")
def hour_qr(office: str) -> Response:
    """The code of the page where one hour of a service is booked (`service`, `at`), as a picture."""
    with reading() as session:
        at = office_by_code(session, office)
        service = service_by_code(session, at, request.args.get("service", "")[:64])
    try:
        starts_at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError as error:
        raise NotFound() from error
    return Response(qr_svg(hour_url(config().public_url, at.code, service.code, starts_at)), mimetype="image/svg+xml")


def _notice(office: Office) -> dict[str, str]:
    """What is done with name and phone, in each language: booking's own words."""
    settings = Settings.of(office.settings)
    return in_both_languages(lambda: render_template("booking/notice.html", office=office, settings=settings))


def _is_kiosk_of(who: Actor, office: str) -> bool:
    return who.may(("kiosk", "staff")) and who.belongs_to(office)
