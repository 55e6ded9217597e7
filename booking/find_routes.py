"""A lost link is not a lost booking: code and phone lead to it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking import store, words
from booking.forms import typed_phone
from booking.limits import finds_per_phone
from booking.pages import blueprint
from booking.steps import Page
from core.refusals import Refusal
from core.rights import requires
from core.web import reading


@blueprint.get("/o/<office>/find")
@requires("anyone")
def find(office: str) -> Page:
    """Ask for code and phone of a booking whose link is lost."""
    return _find_page(office, None)


@blueprint.post("/o/<office>/find")
@finds_per_phone
@requires("anyone")
def find_sent(office: str) -> Response | Page:
    """Lead to the booking, or say that nothing matches, with what was typed still there."""
    try:
        with reading() as session:
            place = store.published_office(session, office)
            phone = typed_phone(request.form.get("phone", ""))
            token = store.find_lost(session, place, request.form.get("code", ""), phone).token
    except Refusal as refusal:
        return _find_page(office, refusal)
    return redirect(url_for("booking.mine", token=token), 303)


def _find_page(office: str, refusal: Refusal | None) -> Page:
    with reading() as session:
        place = store.published_office(session, office)
        typed = {name: words.legible(request.form.get(name, ""))[:60] for name in ("code", "phone")}
        page = render_template(
            "booking/find.html", office=place, office_name=place.name, typed=typed, refusal=refusal
        )
    return page, refusal.status if refusal else 200
