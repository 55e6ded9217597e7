"""How figures are called and how each is computed, in the words of pages and downloads."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from flask_babel import format_decimal, get_locale

from core.i18n import gettext as _


def figure_words() -> list[str]:
    """The columns of a table of `rules.Figures`, in the order of `sheets`."""
    return [
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


def minutes(seconds: float) -> str:
    """A time in minutes, one decimal, as the language writes it."""
    return _("%(minutes)s phút", minutes=format_decimal(round(seconds / 60, 1), format="0.#"))


def in_minutes(seconds: float) -> str:
    """The same where "minutes" is said once for a whole table."""
    return decimal(round(seconds / 60, 1))


def decimal(value: float) -> str:
    """A figure with at most one decimal, as the language writes it."""
    return decimals()(value)


def decimals() -> Callable[[float], str]:
    """The same for a table: the city's holds some 4,000 figures, and the language is asked for once."""
    return partial(_decimal, str(get_locale()))


@lru_cache(maxsize=8192)
def _decimal(_language: str, value: float) -> str:
    return str(format_decimal(value, format="#,##0.#"))


def hour_words(hour: int) -> str:
    """An hour of the day: "8–9 giờ"."""
    return _("%(hour)s–%(next)s giờ", hour=hour, next=hour + 1)


def score_words() -> list[str]:
    """The five faces, from the worst (1) to the best (5)."""
    return [_("Rất không hài lòng"), _("Chưa hài lòng"), _("Bình thường"), _("Hài lòng"), _("Rất hài lòng")]


def notes() -> dict[str, str]:
    """How each figure is computed, by the figure's name."""
    return {
        "taken": _("Số phiếu được cấp trong các ngày này: tại ki-ốt, do người hướng dẫn, và khi người đặt hẹn xác nhận đã đến."),
        "served": _("Số phiếu cán bộ đã bấm Hoàn thành, kể cả lượt hướng dẫn bổ sung."),
        "no_shows": _(
            "Lịch hẹn còn hiệu lực mà hết ngày không ai xác nhận đã đến. Hôm nay chưa tính, vì người đến muộn vẫn được nhận."
        ),
        "wait": _(
            "Từ lúc lấy số, hoặc từ giờ hẹn nếu đến trước giờ hẹn, đến lần gọi đầu tiên (trừ lần gọi đã hoàn tác và lần "
            "gọi sớm không ai đến). Không tính lúc tạm giữ; có tính giờ nghỉ trưa. Người chưa được gọi chưa tính."
        ),
        "service": _(
            "Tổng thời gian Đang phục vụ của các phiếu đã hoàn thành; nếu cán bộ không bấm Phục vụ thì tính từ lần gọi "
            "cuối. Không tính lúc tạm giữ."
        ),
        "on_time": _(
            "Trong những người đặt hẹn đến đúng giờ hoặc đến sớm, tỷ lệ được gọi không muộn hơn 5 phút sau giờ hẹn (hoặc "
            "sau lúc xác nhận đã đến, nếu đến sau giờ hẹn)."
        ),
        "error": _(
            "Lúc cấp số, mỗi người được cho biết dự kiến bao nhiêu phút nữa thì được gọi. Sai số là số phút chênh lệch, "
            "không kể dấu, giữa dự kiến đó và lần gọi đầu tiên (trừ lần gọi đã hoàn tác và lần gọi sớm không ai đến). "
            "Người chưa được gọi chưa tính."
        ),
        "held": _(
            "Lúc cấp số, mỗi người được báo một khoảng, ví dụ 10–20 phút, mà khoảng 8 trong 10 người được gọi trong đó. "
            "Đây là tỷ lệ người được gọi trong khoảng của mình, so theo phút tròn."
        ),
        "hours": _(
            "Mỗi người được tính vào giờ bắt đầu chờ (giờ hẹn, nếu đến sớm); thời gian phục vụ được tính vào giờ bắt đầu phục vụ."
        ),
        "days": _("Mỗi người được tính vào ngày của số phiếu."),
        "papers": _(
            "Lượt mà cán bộ kết thúc bằng Hướng dẫn bổ sung vì thiếu giấy, tính cho dịch vụ đang làm khi đó. Tỷ lệ là "
            "trên số lượt đã phục vụ của dịch vụ. Một người thiếu nhiều giấy được đếm ở từng giấy."
        ),
        "ratings": _(
            "Người dân chạm một trong năm mức trên trang phiếu sau khi xong việc; mỗi phiếu một lần, không bắt buộc, nên "
            "người rất vui hoặc rất bực hay chạm hơn. Đây không phải chỉ số hài lòng theo Quyết định 766/QĐ-TTg."
        ),
        "officers": _(
            "Thời gian Đang phục vụ của từng lượt, tính cho cán bộ phục vụ lượt đó. Dưới 10 lượt thì không nêu thời gian."
        ),
    }
