"""Every setting of an office, with what is usual and one sentence each; what touches bookings is shown before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import requires
from core.web import reading
from core.words import nfc
from office import settings, settings_words
from office.models import Office
from office.settings import Settings, SettingWrong
from office.store import office_by_code
from setup import changing, parts_store
from setup.change_rules import SETTINGS, Part
from setup.pages import Answer, blueprint
from setup.plan_changes import SetupChange


@blueprint.get("/office/<office>/settings")
@requires("head")
def settings_page(office: str) -> Answer:
    """All settings by group."""
    with reading() as session:
        return _form(session, office_by_code(session, office), {})


@blueprint.post("/office/<office>/settings")
@requires("head")
def settings_sent(office: str) -> Answer:
    """Change those that were typed otherwise; with `reset` (a name) only that one, back to what is usual."""
    reset = request.form.get("reset", "")
    typed = {name: nfc(request.form[name])[:200] for name in settings.names() if name in request.form}
    if reset in settings.names():
        typed = {"reset": reset}

    def build(session: Session, found: Office) -> SetupChange:
        fields = {reset: None} if "reset" in typed else _read(typed, Settings.of(found.settings))
        return SetupChange("settings_changed", {SETTINGS: fields})

    return changing.change(office, typed, build, _form, _("Đã lưu cài đặt."), ("setup.settings_page", {}), (SETTINGS,))


def _read(typed: Mapping[str, str], present: Settings) -> Part:
    """What was typed otherwise than it is; what is usual is not kept. Raises FormRefused."""
    usual, now, errors = asdict(Settings()), asdict(present), {}
    fields: Part = {}
    for name, text in typed.items():
        try:
            value = settings.read_setting(name, text)
        except SettingWrong as wrong:
            errors[name] = settings_words.wrong_words(wrong)
            continue
        if value != now[name]:
            fields[name] = None if value == usual[name] else value
    if errors:
        raise FormRefused(errors)
    return fields


def _form(session: Session, office: Office, typed: Mapping[str, str], **context: Any) -> str:
    setup = parts_store.read(session, office)
    present, usual = asdict(Settings.of(office.settings)), asdict(Settings())
    shown = {name: _text(value) for name, value in present.items()} | {k: v for k, v in typed.items() if k != "reset"}
    context = {"preview": None, "errors": {}, "refusal": None} | context
    return render_template(
        "setup/settings.html",
        office=office,
        typed=shown,
        sent=typed,
        groups=settings_words.groups(),
        usual={name: settings_words.value_words(name, value) for name, value in usual.items()},
        changed={name for name in present if present[name] != usual[name]},
        kinds={name: _kind(name, value) for name, value in usual.items()},
        options={name: _options(name) for name in settings.names() if settings.choices(name)},
        bounds={name: settings.bounds(name) for name in settings.names()},
        base=changing.base_of(setup, SETTINGS),
        **context,
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(name: str, usual: Any) -> str:
    """How a setting is typed: truth, number, choice, time or text."""
    if isinstance(usual, bool):
        return "truth"
    if isinstance(usual, int):
        return "number"
    if settings.choices(name):
        return "choice"
    return "time" if name in settings.CLOCKS else "text"


def _options(name: str) -> list[tuple[str, str]]:
    return [(choice, settings_words.choice_words(name, choice)) for choice in settings.choices(name)]
