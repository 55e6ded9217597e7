"""The page of figures and its download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request
from flask_babel import format_decimal
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import actor, ensure_office, requires
from core.web import local, now, reading
from core.words import nfc
from office.models import Office
from office.store import office_by_code, offices
from reports import rules, store
from reports.export import as_csv
from reports.store import Period

blueprint = Blueprint(
    "reports", __name__, template_folder="templates", static_folder="static", static_url_path="/reports/static"
)

MOST_DAYS = 366


@dataclass(frozen=True)
class Report:
    """Everything the page and the download show."""

    office: Office
    period: Period
    whole: rules.Figures
    parts: Mapping[str, rules.Figures]
    names: Mapping[str, str]


@blueprint.get("/reports/")
@requires("head")
def page() -> str | tuple[str, int]:
    """The figures of an office; the city administrator chooses one first."""
    with reading() as session:
        code = office_code()
        if code is None:
            return choice(session)
        office = office_by_code(session, code)
        typed = {name: nfc(request.args.get(name, "")) for name in ("since", "until")}
        try:
            report = _report(session, office, _period(local(now()).date()))
        except FormRefused as refused:
            page = render_template("reports/figures.html", office=office, typed=typed, report=None, errors=refused.errors)
            return page, refused.status
        typed = {"since": report.period.since.isoformat(), "until": report.period.until.isoformat()}
        return render_template("reports/figures.html", office=office, typed=typed, report=report, errors={}, minutes=minutes)


@blueprint.get("/reports/figures.csv")
@requires("head")
def download() -> Response:
    """The same figures for a spreadsheet."""
    with reading() as session:
        code = office_code()
        if code is None:
            raise FormRefused({"office": _("Hãy chọn một điểm phục vụ.")})
        report = _report(session, office_by_code(session, code), _period(local(now()).date()))
        name = f"{report.office.code}_{report.period.since}_{report.period.until}.csv"
        return Response(
            as_csv(report.whole, report.parts, report.names),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def minutes(time: timedelta) -> str:
    """A time in minutes, one decimal, as the language writes it."""
    return _("%(minutes)s phút", minutes=format_decimal(round(time / timedelta(minutes=1), 1), format="0.#"))


def office_code() -> str | None:
    """The office asked for, or the actor's own; None: the city has not chosen yet. Raises NotFound for another office's."""
    code = request.args.get("office") or actor().office
    if code is not None:
        ensure_office(code)
    return code


def choice(session: Session) -> str:
    """The city administrator chooses an office."""
    options = [(office.code, office.name) for office in offices(session, published_only=True)]
    return render_template("reports/choose.html", options=options)


def _report(session: Session, office: Office, period: Period) -> Report:
    visits = store.visits(session, office, period)
    missing = store.no_shows(session, office, period, local(now()).date())
    names = store.service_names(session, office)
    parts = rules.by_service(visits, missing, now())
    whole = rules.figures(visits, sum(missing.values()), now())
    return Report(office, period, whole, {code: parts[code] for code in names if code in parts}, names)


def _period(today: date) -> Period:
    """The days asked for; today when none are. Raises FormRefused."""
    since = _day("since", today)
    until = _day("until", max(since, today))
    if until < since:
        raise FormRefused({"until": _("Ngày cuối phải từ ngày đầu trở đi.")})
    if (until - since).days >= MOST_DAYS:
        raise FormRefused({"until": _("Hãy chọn khoảng không quá %(days)s ngày.", days=MOST_DAYS)})
    return Period(since, until)


def _day(name: str, default: date) -> date:
    typed = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else default
    except ValueError as error:
        raise FormRefused({name: _("Hãy chọn ngày theo dạng năm-tháng-ngày, ví dụ 2026-11-23.")}) from error
