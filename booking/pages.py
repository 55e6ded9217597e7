"""The blueprint of the booking pages, and what all of them share; the pages themselves are in the modules named *routes.py."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from booking.limits import remember_device
from notices.channels import EXTENSION, phone_channel

blueprint = Blueprint("booking", __name__, template_folder="templates", static_folder="static", static_url_path="/booking/static")

STEPS = ("booking.city", "booking.services", "booking.times", "booking.confirm")


@blueprint.context_processor
def _reached() -> dict[str, Any]:
    """`messages`: whether messages reach telephones here. Where they do not, no page promises one."""
    return {"messages": phone_channel(current_app.extensions[EXTENSION]) is not None}


@blueprint.after_request
def _keep_steps(response: Response) -> Response:
    """Let the browser keep the steps for Back; pages with anything personal on them stay uncached."""
    if request.method == "GET" and request.endpoint in STEPS:
        response.headers["Cache-Control"] = "private, no-cache"
    if request.endpoint in ("booking.times", "booking.confirm", "booking.hold", "booking.ask_wait"):
        remember_device(response)
    return response
