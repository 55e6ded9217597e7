"""What the charts of a page draw, as plain data for charts.js. Minutes with one decimal; None is a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from core.i18n import gettext as _
from reports.office_report import OfficeReport, Slice
from reports.rules import Spread
from reports.words import hour_words

Chart = dict[str, Any]


def office_charts(report: OfficeReport) -> list[Chart]:
    """People and waits by hour, and by day where there are several."""
    if not report.hours:
        return []
    hours, days = _whole_hours(report.hours), max(1, len(report.days))
    title = _("Số người theo giờ") if days == 1 else _("Số người theo giờ, trung bình một ngày")
    by_hour = [
        _people("people-by-hour", title, hours, "hours", days),
        _waits("waits-by-hour", _("Chờ bao lâu, theo giờ"), hours, "hours"),
    ]
    return by_hour + day_charts(report.days)


def day_charts(days: Sequence[Slice]) -> list[Chart]:
    """People and waits by day; nothing of a single day."""
    if len(days) < 2:
        return []
    return [
        _people("people-by-day", _("Số người theo ngày"), days, "days"),
        _waits("waits-by-day", _("Chờ bao lâu, theo ngày"), days, "days"),
    ]


def _whole_hours(hours: Sequence[Slice]) -> list[Slice]:
    """Every hour from the first to the last, so that a pause is seen as one."""
    found = {int(row.at): row for row in hours if isinstance(row.at, int)}
    return [found.get(hour, Slice(hour, 0, None, None)) for hour in range(min(found), max(found) + 1)]


def _people(name: str, title: str, slices: Sequence[Slice], table: str, days: int = 1) -> Chart:
    """`days`: over how many the people are spread."""
    values = [round(row.people / days, 1) for row in slices]
    series = [{"name": _("Số người bắt đầu chờ"), "values": values, "look": "bars"}]
    return {"id": name, "title": title, "unit": _("người"), "table": table, **_axis(slices), "series": series}


def _waits(name: str, title: str, slices: Sequence[Slice], table: str) -> Chart:
    series = [
        {"name": _("Một nửa số người chờ không quá"), "values": [_p50(row.wait) for row in slices], "look": "line"},
        {"name": _("9 trong 10 người chờ không quá"), "values": [_p90(row.wait) for row in slices], "look": "dashed"},
    ]
    return {"id": name, "title": title, "unit": _("phút"), "table": table, **_axis(slices), "series": series}


def _axis(slices: Sequence[Slice]) -> Chart:
    """`labels` on the axis, `names` in full."""
    ats = [row.at for row in slices]
    return {
        "labels": [at.strftime("%d/%m") if isinstance(at, date) else f"{at}h" for at in ats],
        "names": [at.strftime("%d/%m/%Y") if isinstance(at, date) else hour_words(at) for at in ats],
    }


def _p50(spread: Spread | None) -> float | None:
    return round(spread.p50 / 60, 1) if spread else None


def _p90(spread: Spread | None) -> float | None:
    return round(spread.p90 / 60, 1) if spread else None
