"""The page of a day's log, for the screen and for A4, and its download."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import actor, requires
from core.web import config, local, now, reading
from core.words import nfc
from office.store import office_by_code
from reports.log_page import DayLog, as_csv, day_log
from reports.routes import blueprint, choice, office_code


@blueprint.get("/reports/log")
@requires("head")
def log_page() -> str | tuple[str, int]:
    """Every call of a day in order, and what was done by hand. The city administrator chooses an office first."""
    with reading() as session:
        code = office_code()
        if code is None:
            return choice(session)
        office = office_by_code(session, code)
        typed = nfc(request.args.get("day", ""))
        try:
            log = _asked(session, code, everything=_everything())
        except FormRefused as refused:
            page = render_template("reports/log.html", office=office, typed=typed, log=None, errors=refused.errors)
            return page, refused.status
        return render_template(
            "reports/log.html", office=office, typed=log.on.isoformat(), log=log, errors={}, everything=_everything(),
            local=local, names_counted=actor().role == "head",
        )  # fmt: skip


@blueprint.get("/reports/log.csv")
@requires("head")
def log_download() -> Response:
    """Every entry of the day for a spreadsheet."""
    with reading() as session:
        code = office_code()
        if code is None:
            raise FormRefused({"office": _("Hãy chọn một điểm phục vụ.")})
        log = _asked(session, code, everything=True)
        name = f"{code}_{log.on}_log.csv"
        return Response(
            as_csv(log, config().tz),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _asked(session: Session, code: str, *, everything: bool) -> DayLog:
    """The log of the day asked for; today's when none is. Raises FormRefused."""
    typed = request.args.get("day", "").strip()
    try:
        on = date.fromisoformat(typed) if typed else local(now()).date()
    except ValueError as error:
        raise FormRefused({"day": _("Hãy chọn ngày theo dạng năm-tháng-ngày, ví dụ 2026-11-23.")}) from error
    return day_log(session, office_by_code(session, code), on, config().tz, everything=everything)


def _everything() -> bool:
    return request.args.get("all") == "1"
