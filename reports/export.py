"""The figures as CSV for a spreadsheet: UTF-8 with a byte order mark, so that Excel reads the Vietnamese letters."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import timedelta

from core.i18n import gettext as _
from reports.rules import Figures, Kept, Spread

BYTE_ORDER_MARK = "\ufeff"


def as_csv(whole: Figures, parts: Mapping[str, Figures], names: Mapping[str, str]) -> str:
    """One row a service and one for all. Times in minutes with a decimal point."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(_heading())
    for code, part in parts.items():
        rows.writerow([cell(code), cell(names.get(code, code)), *_row(part)])
    rows.writerow(["", _("Tất cả"), *_row(whole)])
    return BYTE_ORDER_MARK + file.getvalue()


def _heading() -> list[str]:
    return [
        _("Mã"),
        _("Dịch vụ"),
        _("Đã lấy số"),
        _("Hoàn thành"),
        _("Đặt hẹn không đến"),
        _("Chờ trung bình (phút)"),
        _("Chờ trung vị (phút)"),
        _("Chờ phân vị 90 (phút)"),
        _("Phục vụ trung bình (phút)"),
        _("Phục vụ trung vị (phút)"),
        _("Phục vụ phân vị 90 (phút)"),
        _("Hẹn đúng giờ được gọi trong 5 phút"),
        _("Hẹn đúng giờ"),
        _("Sai số dự kiến trung bình (phút)"),
        _("Gọi trong khoảng dự kiến"),
        _("Có dự kiến"),
    ]


def _row(figures: Figures) -> list[object]:
    counts = [figures.taken, figures.served, figures.no_shows]
    times = [*_times(figures.wait), *_times(figures.service)]
    return [*counts, *times, figures.punctual.met, figures.punctual.of, *_kept(figures.kept)]


def _kept(kept: Kept | None) -> list[object]:
    return [_minutes(kept.mean_error), kept.held.met, kept.held.of] if kept else ["", 0, 0]


def _times(spread: Spread | None) -> list[str]:
    return [_minutes(time) for time in (spread.mean, spread.p50, spread.p90)] if spread else ["", "", ""]


def _minutes(time: timedelta) -> str:
    return f"{time / timedelta(minutes=1):.1f}"


def cell(text: str) -> str:
    """`text` as text: a spreadsheet runs what begins like a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
