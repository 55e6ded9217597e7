"""The page of what each officer served: for the head of the office alone, not for the city."""

from __future__ import annotations

from flask import Response, render_template
from sqlalchemy.orm import Session

from core.refusals import FormRefused
from core.rights import NotAllowed, actor, requires
from core.web import reading
from office.models import Office
from office.store import office_by_code
from reports import asked
from reports.export import download
from reports.officer_report import OfficerRow, officer_rows
from reports.period_rules import Period
from reports.routes import Answer, blueprint, frame, scope_of
from reports.sheets import officer_sheets


@blueprint.get("/reports/officers")
@requires("head")
def officers_page() -> Answer:
    """Each officer's visits, service by service."""
    code = _own_office()
    waiting = asked.still_counting(code)
    with reading() as session:
        office = office_by_code(session, code)
        try:
            days = asked.period()
        except FormRefused as refused:
            page = render_template("reports/officers.html", **frame(None, refused.errors), office=office, rows=None)
            return page, refused.status
        rows = _rows(session, office, days)
        return render_template("reports/officers.html", **frame(days) | {"waiting": waiting}, office=office, rows=rows)


@blueprint.get("/reports/officers.csv", defaults={"form": "csv"})
@blueprint.get("/reports/officers.xlsx", defaults={"form": "xlsx"})
@requires("head")
def officers_download(form: str) -> Response:
    """The same for a spreadsheet."""
    code = _own_office()
    asked.still_counting(code)
    days = asked.period()
    with reading() as session:
        rows = _rows(session, office_by_code(session, code), days)
    return download(officer_sheets(rows), form, f"{code}_{days.since}_{days.until}_officers")


def _own_office() -> str:
    """The head's office. Raises NotAllowed for the city, whose right to do what any staff may ends here."""
    if actor().role != "head":
        raise NotAllowed()
    return asked.one_office()


def _rows(session: Session, office: Office, days: Period) -> list[OfficerRow]:
    return officer_rows(session, office, scope_of(office, days))
