"""The blueprint of the set-up pages, and what all of them share; the pages themselves are in the modules named *routes.py."""

from __future__ import annotations

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from core.rights import actor
from core.web import config, now
from notices.channels import EXTENSION, phone_channel
from setup.plan_actions import Desk

blueprint = Blueprint("setup", __name__, template_folder="templates", static_folder="static", static_url_path="/setup/static")

Answer = str | Response | tuple[str, int]

def desk() -> Desk:
    """Who makes the present request, when, and whether messages reach phones here."""
    channel = phone_channel(current_app.extensions[EXTENSION])
    return Desk(actor().id, now(), config().tz, config().public_url, channel)
