"""The lobby board, and a person's own ticket page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.i18n import COOKIE, day_words
from core.qr import qr_svg
from core.rights import actor, requires
from core.web import config, local, now, reading, transaction
from display import rating, wording
from display.live import board_of, tickets_of
from display.outlook import outlook_of
from display.screens import screen_of
from office import store as office_store
from office.words import service_name
from queueing import actions, store, wait_words

blueprint = Blueprint(
    "display", __name__, static_folder="static/display", static_url_path="/static/display", template_folder="templates"
)


@blueprint.get("/display/<office>")
@requires("anyone")
def board(office: str) -> Response:
    """The board of the lobby, in the layout of this screen: anyone may look, as anyone in the hall does."""
    return _screen(office, request.args)


@blueprint.get("/o/<office>/board")
@requires("anyone")
def public_board(office: str) -> Response:
    """The same for who waits elsewhere: an address that any screen of a culture house or an apartment block can open."""
    return _screen(office, {"layout": "public"})


def _screen(code: str, query: Mapping[str, str]) -> Response:
    with reading() as session:
        office = office_store.office_by_code(session, code)
        screen = screen_of(session, office, actor(), query)
        booking = f"{config().public_url}{url_for('booking.services', office=office.code)}" if office.published else None
        page = make_response(
            render_template(
                f"display/{screen['layout']}.html",
                office=office,
                snapshot=board_of(session, office).model_dump(mode="json"),
                screen=screen,
                tz=str(config().tz),
                outlook=outlook_of(session, office).model_dump(mode="json") if screen["layout"] == "public" else None,
                booking=booking,
                qr=qr_svg(booking) if booking and screen["layout"] == "public" else None,
            )
        )
    # Not "no-store": a browser that opens its pages of yesterday while the server is away then has one to open.
    page.headers["Cache-Control"] = "private, no-cache"
    return page


@blueprint.get("/t/<token>")
@requires("anyone")
def ticket(token: str) -> Response | str:
    """A person's own ticket: the address in the QR of the slip, known to nobody else. A slip that was shown leads on."""
    with reading() as session:
        row = store.ticket_by_token(session, token)
        if not (request.args.get("lang") or request.cookies.get(COOKIE)):
            g.lang = row.lang  # as chosen at the kiosk: slip, page and call follow
        office = store.office_of_ticket(session, row)
        view = tickets_of(session, office, [row])[token]
        if view.continued is not None:
            return redirect(url_for("display.ticket", token=view.continued))
        return render_template(
            "display/ticket.html",
            office=office,
            office_name=office.name,
            token=token,
            view=view.model_dump(mode="json"),
            taken=local(row.arrived_at),
            service_name=service_name(row.service),
            said=wording.said(view, now()),
            near=wording.near(view, now()),
            tone=wording.tone(view, now()),
            near_tones=wording.NEAR_TONES,
            soon=wording.SOON,
            counters_said=wording.COUNTERS_SAID,
            rating=rating.shown(view.rating, now()),
            rating_words=rating.words(),
            scores=rating.score_words(),
            facts=wording.facts(view),
            words=wording.state_words(),
            ahead=wording.ahead_words(),
            early=wording.early_words(),
            breaks=wording.break_words(),
            wait=wording.waiting_said(view),
            wait_words=wait_words.script_words(),
            slip=wording.slip_words(),
            slip_day=day_words(view.carried_on) if view.carried_on else "",
            papers=wording.papers_words(),
            cancellable=wording.CANCELLABLE,
            paper=wording.paper_words(view.print.state),
            qr=qr_svg(f"{config().public_url}/t/{token}"),
        )


@blueprint.post("/t/<token>/cancel")
@requires("anyone")
def cancel(token: str) -> Response:
    """Give up the number. Who has the token is its person."""
    with transaction() as session:
        actions.cancel(session, store.ticket_by_token(session, token), actor=actor(), now=now())
    return redirect(url_for("display.ticket", token=token), 303)
