"""What is asked of a page of figures: which office, which days, and whether all that happened is in the figures."""

from __future__ import annotations

from datetime import date

from flask import request

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import actor, ensure_office
from core.web import config, local, now, reading, services
from core.words import nfc
from office.store import office_by_code
from reports import catching_up
from reports.period_rules import Period, shortcuts

MOST_DAYS = 366


def office_code() -> str | None:
    """The office asked for, or the actor's own; None: the city has not chosen yet. Raises NotFound for another office's."""
    code = request.args.get("office") or actor().office
    if code is not None:
        ensure_office(code)
    return code


def one_office() -> str:
    """The office a download is asked of. Raises FormRefused where the city named none."""
    code = office_code()
    if code is None:
        raise FormRefused({"office": _("Hãy chọn một điểm phục vụ.")})
    return code


def still_counting(code: str | None) -> int:
    """Bring the facts of an office (None: of every one) up to date as far as a page can wait; how many tickets are left."""
    with reading() as session:
        offices = None if code is None else [office_by_code(session, code).id]
    database = services().database
    return 0 if catching_up.for_a_page(database, config().tz, offices) else catching_up.left(database, offices)


def today() -> date:
    """The office's day."""
    return local(now()).date()


def typed_days() -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: nfc(request.args.get(name, "")) for name in ("since", "until")}


def period(most: int = MOST_DAYS) -> Period:
    """The days asked for; today when none are. Raises FormRefused."""
    since = _day("since", today())
    until = _day("until", max(since, today()))
    if until < since:
        raise FormRefused({"until": _("Ngày cuối phải từ ngày đầu trở đi.")})
    asked = Period(since, until)
    if asked.days > most:
        raise FormRefused({"until": _("Hãy chọn khoảng không quá %(days)s ngày.", days=most)})
    return asked


def _day(name: str, default: date) -> date:
    typed = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else default
    except ValueError as error:
        raise FormRefused({name: _("Hãy chọn ngày theo dạng năm-tháng-ngày, ví dụ 2026-11-23.")}) from error


def shortcut_links(most: int = MOST_DAYS) -> list[tuple[str, Period]]:
    """The usual days in words, as far as a page can show them."""
    words = {
        "today": _("Hôm nay"),
        "yesterday": _("Hôm qua"),
        "week": _("Tuần này"),
        "last_week": _("Tuần trước"),
        "month": _("Tháng này"),
        "last_month": _("Tháng trước"),
        "year": _("Năm nay"),
    }
    return [(words[name], days) for name, days in shortcuts(today()).items() if days.days <= most]
