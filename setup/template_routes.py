"""A city administrator lets many offices take parts of one file: shown for each office first, saved for each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.patience import give_way
from core.refusals import FormRefused, Refusal
from core.rights import requires
from core.web import reading, transaction
from office.models import Office
from office.store import office_by_code, offices
from setup import guard_rules, office_file, office_file_words, plan_actions
from setup.change_words import lines
from setup.office_file_reading import FileWrong, OfficeFile
from setup.office_file_routes import parsed, sent_text
from setup.office_file_rules import TEMPLATE_SECTIONS
from setup.pages import Answer, blueprint, desk

LINES_SHOWN = 6
TYPES = {"ward": "phuong ", "commune": "xa "}
"""What the names of units begin with, without marks."""


@dataclass(frozen=True)
class TemplateLine:
    """What the template does to one office: `lost` bookings lose their hour; `refused` says why it cannot be."""

    code: str
    name: str
    words: Sequence[str] = ()
    more: int = 0
    lost: int = 0
    untaken: int = 0
    seen: str = ""
    refused: str = ""


@dataclass(frozen=True)
class TemplateResult:
    """What became of one office."""

    code: str
    name: str
    done: bool
    words: str


@blueprint.get("/office/template")
@requires("city")
def template_page() -> Answer:
    """Choose a file, its parts, and the offices."""
    with reading() as session:
        return _page(session, {})


@blueprint.post("/office/template")
@requires("city")
def template_sent() -> Answer:
    """Show what it does to each office; with what was seen of each (`seen:<code>`), save it there: one that fails stops none."""
    text = sent_text()
    typed = _typed(text or "")
    try:
        try:
            file = parsed(text)
        except FileWrong as wrong:
            raise office_file_words.refused(wrong) from wrong
        sections = [name for name in TEMPLATE_SECTIONS if f"section:{name}" in typed and name in file.sections]
        with reading() as session:
            chosen = _chosen(session, typed)
            _want_something(file, sections, chosen)
            seen = {name[5:]: mark[:40] for name, mark in request.form.items() if name.startswith("seen:")}
            if not seen:
                found = [_line(session, office, file, sections) for office in chosen]
                return _page(session, typed, found=found)
    except Refusal as refusal:
        errors = refusal.errors if isinstance(refusal, FormRefused) else {}
        with reading() as session:
            return _page(session, typed, errors=errors, refusal=None if errors else refusal), refusal.status
    results = [_saved(office.code, office.name, file, sections, seen[office.code]) for office in chosen if office.code in seen]
    return render_template("setup/template_results.html", results=results)


def _typed(text: str) -> dict[str, str]:
    found = {"file": text, "who": request.form.get("who", "")[:10]}
    return found | {name[:60]: "1" for name in request.form if name.startswith(("section:", "office:"))}


def _chosen(session: Session, typed: Mapping[str, str]) -> list[Office]:
    """The offices that were chosen, by name."""
    who, every = typed["who"], offices(session)
    if who in TYPES:
        return [office for office in every if office.folded.startswith(TYPES[who])]
    if who == "open":
        return [office for office in every if office.published]
    return list(every) if who == "all" else [office for office in every if f"office:{office.code}" in typed]


def _want_something(file: OfficeFile, sections: Sequence[str], chosen: Sequence[Office]) -> None:
    errors = {}
    if not sections:
        errors["sections"] = _("Hãy chọn ít nhất một phần có trong tệp.")
    if not chosen:
        errors["who"] = _("Hãy chọn ít nhất một điểm phục vụ.")
    if errors:
        raise FormRefused(errors)


def _line(session: Session, office: Office, file: OfficeFile, sections: Sequence[str]) -> TemplateLine:
    give_way()  # a hundred offices take seconds, and a call at a counter is worth more
    try:
        change = office_file.change(session, office, file, sections=sections, what="template_applied")
        preview = plan_actions.preview(session, office, change, desk())
    except Refusal as refusal:
        return TemplateLine(office.code, office.name, refused=_why(refusal))
    look = preview.look
    words = lines(look.difference, look.before)
    untaken = len(set(guard_rules.untaken(look.setup)) - set(guard_rules.untaken(look.before)))
    shown, more = words[:LINES_SHOWN], max(len(words) - LINES_SHOWN, 0)
    return TemplateLine(office.code, office.name, shown, more, len(preview.lost), untaken, preview.seen if words else "")


def _saved(code: str, name: str, file: OfficeFile, sections: Sequence[str], seen: str) -> TemplateResult:
    """In a transaction of its own, as one version of this office."""
    give_way()
    try:
        with transaction() as session:
            office = office_by_code(session, code)
            change = office_file.change(session, office, file, sections=sections, what="template_applied")
            told = plan_actions.save(session, office, change, seen=seen, desk=desk())
    except Refusal as refusal:
        return TemplateResult(code, name, False, _why(refusal))
    except SQLAlchemyError:
        return TemplateResult(code, name, False, _("Không lưu được. Hãy thử lại riêng nơi này."))
    if told.by_message or told.to_call:
        words = _("%(messages)s người được nhắn tin, %(calls)s người cần gọi.", messages=told.by_message, calls=told.to_call)
        return TemplateResult(code, name, True, words)
    return TemplateResult(code, name, True, "")


def _why(refusal: Refusal) -> str:
    return " ".join(refusal.errors.values()) if isinstance(refusal, FormRefused) else refusal.sentence()


def _page(
    session: Session,
    typed: Mapping[str, str],
    *,
    found: Sequence[TemplateLine] = (),
    errors: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> str:
    names = office_file_words.sections()
    return render_template(
        "setup/template.html",
        typed=typed,
        offices=offices(session),
        sections=[(name, names[name]) for name in TEMPLATE_SECTIONS],
        found=found,
        touched=[line for line in found if line.seen],
        errors=errors or {},
        refusal=refusal,
    )
