"""The page of an office's figures and its download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from core.refusals import FormRefused
from core.rights import actor, requires
from core.web import now, reading
from office.models import Office
from office.store import office_by_code, offices
from reports import asked, charts, words
from reports.asked import office_code
from reports.export import download
from reports.figures_store import Scope
from reports.office_report import OfficeReport, office_report
from reports.period_rules import Period
from reports.sheets import office_sheets

blueprint = Blueprint("reports", __name__, template_folder="templates", static_folder="static", static_url_path="/reports/static")

Answer = str | tuple[str, int] | AnyResponse

__all__ = ["Answer", "blueprint", "choice", "frame", "office_code", "scope_of"]


@blueprint.get("/reports/")
@requires("head")
def page() -> Answer:
    """The figures of an office; the city administrator begins with the comparison of all."""
    code = office_code()
    if code is None:
        return redirect(url_for("reports.city_page"))
    waiting = asked.still_counting(code)
    with reading() as session:
        office = office_by_code(session, code)
        try:
            report = _report(session, office, asked.period())
        except FormRefused as refused:
            page = render_template("reports/figures.html", **frame(None, refused.errors), office=office, report=None)
            return page, refused.status
    around = frame(Period(report.since, report.until)) | {"waiting": waiting}
    drawn = charts.office_charts(report)
    return render_template("reports/figures.html", **around, office=report.office, report=report, charts=drawn)


@blueprint.get("/reports/figures.csv", defaults={"form": "csv"})
@blueprint.get("/reports/figures.xlsx", defaults={"form": "xlsx"})
@requires("head")
def figures_download(form: str) -> Response:
    """The same figures for a spreadsheet; `sheet` says which of them a CSV holds."""
    code = asked.one_office()
    asked.still_counting(code)
    with reading() as session:
        report = _report(session, office_by_code(session, code), asked.period())
    name = f"{code}_{report.since}_{report.until}"
    return download(office_sheets(report), form, name, request.args.get("sheet", ""))


def choice(session: Session) -> str:
    """The city administrator chooses an office."""
    options = [(office.code, office.name) for office in offices(session, published_only=True)]
    return render_template("reports/choose.html", options=options)


def frame(shown: Period | None, errors: Mapping[str, str] | None = None, most: int = asked.MOST_DAYS) -> dict[str, Any]:
    """What every page of figures shows around them: the days, the shortcuts, and how a figure is computed."""
    typed = {"since": shown.since.isoformat(), "until": shown.until.isoformat()} if shown else asked.typed_days()
    return {
        "typed": typed, "shown": shown, "errors": errors or {}, "shortcuts": asked.shortcut_links(most),
        "how": words.notes(), "minutes": words.minutes, "words": words, "waiting": 0, "is_head": actor().role == "head",
    }  # fmt: skip


def scope_of(office: Office | None, days: Period) -> Scope:
    """The visits of an office (None: of all) on these days, as of now."""
    return Scope(None if office is None else [office.id], days.since, days.until, now())


def _report(session: Session, office: Office, days: Period) -> OfficeReport:
    return office_report(session, office, scope_of(office, days), asked.today())
