"""The figures of the pages as sheets to take away: the same numbers, one sheet a section."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.i18n import gettext as _
from reports.city_report import CityReport
from reports.export import Cell, Sheet
from reports.office_report import OfficeReport, Slice
from reports.officer_report import OfficerRow
from reports.rules import Figures, Kept, Ratings, Spread
from reports.words import figure_words, hour_words, notes, score_words


def office_sheets(report: OfficeReport) -> list[Sheet]:
    """Services, hours, days, missing papers, ratings."""
    how = notes()
    services: list[list[Cell]] = [
        [row.code, row.name, *_figures(row.figures, row.no_shows), row.missing, *row.ratings.counts] for row in report.services
    ]
    whole = report.whole
    services.append(["", _("Tất cả"), *_figures(whole, report.no_shows), whole.missing, *report.ratings.counts])
    papers: list[list[Cell]] = [
        [row.name, paper, people, row.people, row.ended] for row in report.papers for paper, people in row.papers
    ]
    return [
        Sheet("services", _("Theo dịch vụ"), how["wait"], _service_heading(), services),
        Sheet("hours", _("Theo giờ"), how["hours"], [_("Giờ"), *_slice_heading()], _slices(report.hours)),
        Sheet("days", _("Theo ngày"), how["days"], [_("Ngày"), *_slice_heading()], _slices(report.days)),
        Sheet("promises", _("Dự kiến và cách đến"), how["error"], _kind_heading(), _kinds(report)),
        Sheet("papers", _("Thiếu giấy"), how["papers"], _paper_heading(), papers),
        Sheet("ratings", _("Đánh giá"), how["ratings"], [_("Mức"), _("Số người")], _ratings(report.ratings)),
    ]  # fmt: skip


def officer_sheets(rows: Sequence[OfficerRow]) -> list[Sheet]:
    """What each officer served."""
    heading = [_("Cán bộ"), _("Dịch vụ"), _("Lượt phục vụ"), _("Trung vị của người này (phút)"), _("Trung vị cả điểm (phút)")]
    lines: list[list[Cell]] = [
        [row.name, row.service, row.own.count, *((_minutes(row.own.p50), _minutes(row.all.p50)) if row.told else (None, None))]
        for row in rows
    ]
    return [Sheet("officers", _("Theo cán bộ"), notes()["officers"], heading, lines)]


def city_sheets(report: CityReport) -> list[Sheet]:
    """The offices side by side, and the days of the city."""
    rows: list[list[Cell]] = [
        [row.code, row.name, *_figures(row.figures, row.no_shows), row.figures.missing, *row.ratings.counts]
        for row in report.offices
    ]
    whole = report.whole
    rows.append(["", _("Cả thành phố"), *_figures(whole, report.no_shows), whole.missing, *report.ratings.counts])
    heading = [_("Mã"), _("Điểm phục vụ"), *_service_heading()[2:]]
    days: list[list[Cell]] = [[_at(row.at), row.people, *_times(row.wait)] for row in report.days]
    return [
        Sheet("offices", _("Các điểm phục vụ"), notes()["wait"], heading, rows),
        Sheet("days", _("Theo ngày"), notes()["days"], [_("Ngày"), *_slice_heading()[:4]], days),
    ]


def _service_heading() -> list[str]:
    return [_("Mã"), _("Dịch vụ"), *figure_words(), _("Thiếu giấy"), *score_words()]


def _figures(figures: Figures, no_shows: int) -> list[Cell]:
    times = [*_times(figures.wait), *_times(figures.service)]
    return [
        figures.taken, figures.served, no_shows, *times, figures.punctual.met, figures.punctual.of, *_kept(figures.kept),
    ]  # fmt: skip


def _kept(kept: Kept | None) -> list[Cell]:
    return [_minutes(kept.mean_error), kept.held.met, kept.held.of] if kept else [None, 0, 0]


def _times(spread: Spread | None) -> list[Cell]:
    return [_minutes(time) for time in (spread.mean, spread.p50, spread.p90)] if spread else [None, None, None]


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 1)


def _slice_heading() -> list[str]:
    return [
        _("Số người"), _("Chờ trung bình (phút)"), _("Chờ trung vị (phút)"), _("Chờ phân vị 90 (phút)"),
        _("Phục vụ trung bình (phút)"), _("Phục vụ trung vị (phút)"), _("Phục vụ phân vị 90 (phút)"),
    ]  # fmt: skip


def _slices(slices: Sequence[Slice]) -> list[list[Cell]]:
    return [[_at(row.at), row.people, *_times(row.wait), *_times(row.service)] for row in slices]


def _at(at: int | date) -> str:
    return at.isoformat() if isinstance(at, date) else hour_words(at)


def _paper_heading() -> list[str]:
    return [_("Dịch vụ"), _("Giấy tờ còn thiếu"), _("Số người"), _("Người thiếu giấy của dịch vụ"), _("Lượt đã phục vụ")]


def _kind_heading() -> list[str]:
    return [
        _("Cách đến"), _("Đã lấy số"), _("Chờ trung bình (phút)"), _("Chờ trung vị (phút)"), _("Chờ phân vị 90 (phút)"),
        _("Sai số dự kiến trung bình (phút)"), _("Gọi trong khoảng dự kiến"), _("Có dự kiến"),
    ]  # fmt: skip


def _kinds(report: OfficeReport) -> list[list[Cell]]:
    kinds = ((_("Lấy số trực tiếp"), report.walk_in), (_("Đặt hẹn"), report.booked), (_("Tất cả"), report.whole))
    return [[words, kind.taken, *_times(kind.wait), *_kept(kind.kept)] for words, kind in kinds]


def _ratings(ratings: Ratings) -> list[list[Cell]]:
    return [[words, people] for words, people in reversed(list(zip(score_words(), ratings.counts, strict=True)))]
