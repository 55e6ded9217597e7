"""The blueprint of the set-up pages, and what all of them share; the pages themselves are in the modules named *routes.py."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.call_list import Told
from core.i18n import gettext as _
from core.rights import actor, ensure_office
from core.web import config, now, reading
from notices.channels import EXTENSION, phone_channel
from office.store import offices
from setup.plan_changes import Desk

blueprint = Blueprint("setup", __name__, template_folder="templates", static_folder="static", static_url_path="/setup/static")

Answer = str | Response | tuple[str, int]


def desk() -> Desk:
    """Who makes the present request, when, and whether messages reach phones here."""
    channel = phone_channel(current_app.extensions[EXTENSION])
    city = actor().role == "city"
    return Desk(actor().id, now(), config().tz, config().public_url, channel, city=city)


def own_or_chosen(page: str) -> Answer:
    """To `page` of the own office; the city administrator chooses one first."""
    code = request.args.get("office") or actor().office
    if code is None:
        with reading() as session:
            options = [(office.code, f"{office.name} ({office.code})") for office in offices(session)]
            return render_template("setup/choose.html", options=options)
    ensure_office(code)
    return redirect(url_for(page, office=code))


def saved(code: str, told: Told, sentence: str, page: str, **more: Any) -> Response:
    """Say what was saved and who heard of it; then to those who have to be called, if there are any, else to `page`."""
    flash(sentence, "success")
    if told.by_message:
        flash(_("Đã nhắn tin cho %(n)s người mời chọn giờ khác.", n=told.by_message), "success")
    if told.to_call:
        flash(_("Còn %(n)s người cần gọi điện để báo và hẹn giờ khác.", n=told.to_call), "warning")
        return redirect(url_for("setup.calls_page", office=code))
    return redirect(url_for(page, office=code, **more))
