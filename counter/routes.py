"""The pages: choose a counter, the console at it, and the helper's tablet at the door."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.rights import actor, requires
from core.web import config, now, reading
from counter import lines, words
from office import store
from office.models import Counter, Office
from office.settings import Settings

blueprint = Blueprint(
    "counter", __name__, template_folder="templates", static_folder="static", static_url_path="/counter/static"
)


@blueprint.get("/counter/")
@requires("officer", "head")
def console() -> str | Response:
    """The officer's own counter; who has none is asked to choose one."""
    with reading() as session:
        counter = store.counter_of_staff(session, actor().id)
        if counter is None:
            return redirect(url_for("counter.choose"))
        return _console(session, counter)
