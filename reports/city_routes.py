"""The comparison of all offices, for the city administrator."""

from __future__ import annotations

from flask import Response, render_template, request

from core.refusals import FormRefused
from core.rights import requires
from core.web import reading
from reports import asked, charts
from reports.city_report import SORTS, city_report, sorted_offices
from reports.export import download
from reports.period_rules import Period
from reports.routes import Answer, blueprint, frame, scope_of
from reports.sheets import city_sheets

MOST_DAYS = 31
"""A day of 584 offices is 175,000 visits: a month is gone through in seconds, a year is not."""


@blueprint.get("/reports/city")
@requires("city")
def city_page() -> Answer:
    """Every office in one table, sorted by name or by one of its figures."""
    sort = request.args.get("sort", "")
    waiting = asked.still_counting(None)
    try:
        days = asked.period(MOST_DAYS)
    except FormRefused as refused:
        return render_template("reports/city.html", **frame(None, refused.errors, MOST_DAYS), report=None), refused.status
    with reading() as session:
        report = city_report(session, scope_of(None, days), asked.today())
    around = frame(Period(report.since, report.until), None, MOST_DAYS) | {"waiting": waiting}
    return render_template(
        "reports/city.html", **around, report=report, rows=sorted_offices(report.offices, sort),
        sort=sort if sort in SORTS else "", charts=charts.day_charts(report.days),
    )  # fmt: skip


@blueprint.get("/reports/city.csv", defaults={"form": "csv"})
@blueprint.get("/reports/city.xlsx", defaults={"form": "xlsx"})
@requires("city")
def city_download(form: str) -> Response:
    """The same for a spreadsheet."""
    asked.still_counting(None)
    days = asked.period(MOST_DAYS)
    with reading() as session:
        report = city_report(session, scope_of(None, days), asked.today())
    return download(city_sheets(report), form, f"thanh-pho_{days.since}_{days.until}", request.args.get("sheet", ""))
