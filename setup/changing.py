"""How a page changes the set-up: looked at, then saved when exactly that was seen. Every form of these pages goes this way.

What cannot touch a booking, and whose form was filled in from what still stands (`base`), is saved at once: there is nothing
to look at. Everything else shows first what it changes and whom it hurts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from booking.call_list import Told
from core.refusals import FormRefused, Refusal
from core.rights import NotFound
from core.web import reading, transaction
from office.models import Office
from office.store import office_by_code
from setup import guard_rules, plan_actions
from setup.call_lines import lost_line
from setup.change_rules import Part, shown_mark
from setup.change_words import lines
from setup.pages import Answer, desk, saved
from setup.plan_actions import Preview
from setup.plan_changes import PlanChange
from setup.refusals import HoursTouchMore

Build = Callable[[Session, Office], PlanChange]
Page = Callable[..., str]
"""Draws a page: called with the session, the office, what was typed, and what is to be shown of it."""
Where = tuple[str, Mapping[str, Any]]
"""The view that is shown after saving, and what stands in its address besides the office."""


def change(
    code: str,
    typed: Mapping[str, str],
    build: Build,
    page: Page,
    sentence: str,
    where: Where,
    shown: tuple[str, ...] = (),
    *,
    first_run: bool = False,
) -> Answer:
    """Show what a change would do, or save it when that was seen; refused, the page with what was typed.

    `shown` are the parts that the form was filled in from: its field `base` is their mark. `first_run`: in an office that nobody
    can book yet, what hurts nobody is saved at once, and nothing to change is no reason to stop.
    """
    seen = request.form.get("seen")
    try:
        if seen is None:
            with reading() as session:
                found = office_by_code(session, code)
                preview = plan_actions.preview(session, found, build(session, found), desk())
                calm = first_run and not found.published and not preview.lost
                if not calm and not _at_once(preview, shown):
                    return page(session, found, typed, **_context(preview))
                seen = preview.seen
        with transaction() as session:
            found = office_by_code(session, code)
            told = plan_actions.save(session, found, build(session, found), seen=seen, desk=desk())
    except NotFound:
        raise
    except HoursTouchMore as refusal:
        return _looked_again(code, typed, build, page, refusal)
    except Refusal as refusal:
        return _refused(code, typed, page, refusal)
    return _after(code, told, sentence, where)


def at_once(code: str, build: Build, sentence: str, where: Where, page: Page, typed: Mapping[str, str] | None = None) -> Answer:
    """Save what one press does and what touches no booking: nothing was filled in from what might have changed meanwhile."""
    try:
        with transaction() as session:
            found = office_by_code(session, code)
            told = plan_actions.save(session, found, build(session, found), seen=None, desk=desk())
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(code, typed or {}, page, refusal)
    return _after(code, told, sentence, where)


def base_of(setup: Mapping[str, Part], *parts: str) -> str:
    """What a form filled in from these parts sends as `base`."""
    return shown_mark(setup, parts)


def _at_once(preview: Preview, shown: tuple[str, ...]) -> bool:
    look = preview.look
    if not look.difference or look.difference.touches_plan or not shown:
        return False
    return request.form.get("base") == shown_mark(look.before, shown)


def _context(preview: Preview, refusal: Refusal | None = None) -> dict[str, Any]:
    look = preview.look
    untaken = set(guard_rules.untaken(look.setup)) - set(guard_rules.untaken(look.before)) if look.setup else set()
    return {
        "preview": preview,
        "lost": [lost_line(each) for each in preview.lost],
        "changes": lines(look.difference, look.before),
        "untaken": sorted(untaken),
        "refusal": refusal,
    }


def _looked_again(code: str, typed: Mapping[str, str], build: Build, page: Page, refusal: Refusal) -> Answer:
    """What was seen is not what would happen now: shown as it is now. Also that may be refused by now."""
    try:
        with reading() as session:
            found = office_by_code(session, code)
            preview = plan_actions.preview(session, found, build(session, found), desk())
            return page(session, found, typed, **_context(preview, refusal)), refusal.status
    except FormRefused as later:
        return _refused(code, typed, page, later)


def _refused(code: str, typed: Mapping[str, str], page: Page, refusal: Refusal) -> Answer:
    errors = refusal.errors if isinstance(refusal, FormRefused) else {}
    with reading() as session:
        found = office_by_code(session, code)
        return page(session, found, typed, errors=errors, refusal=None if errors else refusal), refusal.status


def _after(code: str, told: Told, sentence: str, where: Where) -> Response:
    view, more = where
    return saved(code, told, sentence, view, **more)
