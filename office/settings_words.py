"""Every setting in words: what it is called, in one sentence what it does, and what its figure counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.i18n import gettext as _
from office.display_words import engine_names
from office.settings import SettingWrong


@dataclass(frozen=True)
class SettingWords:
    """A setting as its page shows it; `unit` is "" for what is no figure."""

    name: str
    label: str
    sentence: str
    unit: str = ""


@dataclass(frozen=True)
class Group:
    """Settings that belong together."""

    key: str
    title: str
    settings: tuple[SettingWords, ...]


def groups() -> list[Group]:
    """All settings, in the order of the page."""
    return [
        Group("booking", _("Đặt lịch hẹn"), _booking()),
        Group("limits", _("Giới hạn khi đặt"), _limits()),
        Group("arrival", _("Đến sớm, đến muộn, thứ tự gọi"), _arrival()),
        Group("counter", _("Tại quầy"), _counter()),
        Group("day", _("Trong ngày và lưu dữ liệu"), _day()),
        Group("voice", _("Giọng gọi số"), _voice()),
    ]


def by_name() -> dict[str, SettingWords]:
    """The words of each setting."""
    return {setting.name: setting for group in groups() for setting in group.settings}


def _booking() -> tuple[SettingWords, ...]:
    minutes, days = _("phút"), _("ngày")
    return (
        SettingWords("slot_minutes", _("Độ dài khung giờ"), _("Mỗi khung giờ đặt hẹn dài bao nhiêu phút."), minutes),
        SettingWords(
            "bookable_share",
            _("Phần được đặt trước"),
            _("Bao nhiêu phần trăm thời gian của quầy được đặt hẹn; còn lại cho người lấy số."),
            "%",
        ),
        SettingWords("book_days", _("Đặt trước mấy ngày"), _("Được đặt hẹn cho hôm nay và bao nhiêu ngày sau đó."), days),
        SettingWords("book_from", _("Giờ mở ngày mới"), _("Mấy giờ thì ngày xa nhất bắt đầu nhận đặt hẹn.")),
        SettingWords(
            "hold_minutes",
            _("Giữ chỗ khi đang nhập"),
            _("Khung giờ được giữ bao lâu trong lúc người dân nhập họ tên."),
            minutes,
        ),
        SettingWords(
            "freed_rest_minutes",
            _("Chỗ bị hủy hiện lại sau"),
            _("Chỗ vừa hủy hiện lại vào lúc ngẫu nhiên trong khoảng này; 0 là ngay."),
            minutes,
        ),
        SettingWords(
            "offer_minutes",
            _("Thời hạn nhận chỗ trống"),
            _("Người trong danh sách chờ có bao lâu để nhận chỗ vừa trống."),
            minutes,
        ),
        SettingWords(
            "offers_until",
            _("Thôi mời danh sách chờ trước giờ hẹn"),
            _("Sát giờ hơn mức này thì chỗ trống mở cho mọi người."),
            minutes,
        ),
    )


def _limits() -> tuple[SettingWords, ...]:
    return (
        SettingWords(
            "per_phone_a_day",
            _("Lịch hẹn mỗi số điện thoại một ngày"),
            _("Một số điện thoại giữ được bao nhiêu lịch hẹn trong một ngày."),
            _("lịch"),
        ),
        SettingWords(
            "confirm_code",
            _("Hỏi mã gửi đến điện thoại"),
            _("Trước khi giữ lịch hẹn, hỏi mã vừa gửi đến điện thoại."),
        ),
        SettingWords(
            "wrong_person_limit",
            _("Chặn sau mấy lần không đúng người"),
            _("Số điện thoại bị người khác dùng lịch nhiều lần thì thôi nhận; 0 là không chặn."),
            _("lần"),
        ),
    )


def _arrival() -> tuple[SettingWords, ...]:
    minutes = _("phút")
    return (
        SettingWords("early", _("Đến sớm vẫn đúng giờ"), _("Đến trước giờ hẹn chừng này vẫn là đúng giờ."), minutes),
        SettingWords("late", _("Đến muộn vẫn đúng giờ"), _("Đến sau giờ hẹn chừng này vẫn là đúng giờ."), minutes),
        SettingWords(
            "lead",
            _("Được gọi trước giờ hẹn"),
            _("Người đã có mặt được gọi sớm nhất trước giờ hẹn bao lâu."),
            minutes,
        ),
        SettingWords(
            "late_policy",
            _("Người đến quá muộn"),
            _("Người đến quá muộn vào hàng như người lấy số, hay được hẹn giờ trống kế tiếp."),
        ),
        SettingWords(
            "guard",
            _("Chờ lâu thì được xen"),
            _("Người lấy số chờ quá chừng này thì được xen giữa người đặt hẹn."),
            minutes,
        ),
        SettingWords(
            "ratio",
            _("Bao nhiêu người đặt hẹn rồi xen một"),
            _("Giữa hai lượt xen của người chờ lâu có mấy người đặt hẹn."),
            _("người"),
        ),
        SettingWords("priority", _("Người ưu tiên"), _("Người ưu tiên đi trước người lấy số khác đến mức nào.")),
        SettingWords(
            "interleave",
            _("Xen người ưu tiên"),
            _("Khi xen kẽ: cứ bao nhiêu người thì đến một người ưu tiên."),
            _("người"),
        ),
    )


def _counter() -> tuple[SettingWords, ...]:
    seconds, minutes = _("giây"), _("phút")
    return (
        SettingWords(
            "recall_after_s",
            _("Gọi lại sau"),
            _("Giữa hai lần gọi cùng một người cách nhau ít nhất chừng này."),
            seconds,
        ),
        SettingWords(
            "absent_calls",
            _("Gợi ý vắng mặt sau mấy lần gọi"),
            _("Gọi đủ số lần này thì màn hình gợi ý ghi vắng mặt."),
            _("lần"),
        ),
        SettingWords("absent_after_s", _("Gợi ý vắng mặt sau"), _("Và từ lần gọi đầu đã qua chừng này."), seconds),
        SettingWords("undo_s", _("Hoàn tác được trong"), _("Cán bộ lấy lại được thao tác vừa làm trong chừng này."), seconds),
        SettingWords("hold_alarm", _("Nhắc số tạm giữ"), _("Số bị tạm giữ lâu hơn mức này thì báo."), minutes),
        SettingWords(
            "wait_alarm",
            _("Báo khi có người chờ lâu"),
            _("Có người chờ quá chừng này thì báo; 0 là không báo."),
            minutes,
        ),
        SettingWords(
            "silent_after_s",
            _("Quầy im lặng sau"),
            _("Màn hình quầy không trả lời chừng này thì coi là bỏ trống."),
            seconds,
        ),
    )


def _day() -> tuple[SettingWords, ...]:
    return (
        SettingWords(
            "numbers_before",
            _("Phát số trước giờ mở cửa"),
            _("Ki-ốt phát số từ bao lâu trước giờ mở cửa."),
            _("phút"),
        ),
        SettingWords(
            "last_number_rule",
            _("Dừng phát số khi không kịp"),
            _("Thôi phát số khi dự báo chờ vượt quá giờ đóng cửa."),
        ),
        SettingWords(
            "carry_quota",
            _("Phiếu cho ngày sau"),
            _("Cuối ngày được cấp nhiều nhất bao nhiêu phiếu cho một ngày làm việc sau."),
            _("phiếu"),
        ),
        SettingWords(
            "retention_days",
            _("Xóa dữ liệu cá nhân sau"),
            _("Sau chừng này ngày, họ tên và số điện thoại bị xóa."),
            _("ngày"),
        ),
    )


def _voice() -> tuple[SettingWords, ...]:
    return (
        SettingWords(
            "voice_engine",
            _("Cách phát giọng"),
            _("Bảng ở sảnh đọc số bằng gì khi máy đó không có cài đặt riêng."),
        ),
        SettingWords("voice_style", _("Cách đọc số"), _("Đọc từng chữ số, hay đọc thành số.")),
        SettingWords("voice_times", _("Đọc mấy lần"), _("Mỗi lần gọi được đọc bao nhiêu lần."), _("lần")),
        SettingWords("voice_chime", _("Chuông trước khi đọc"), _("Có tiếng chuông trước mỗi lần gọi.")),
        SettingWords("voice_speed", _("Tốc độ đọc"), _("Giọng máy đọc bao nhiêu từ một phút."), _("từ/phút")),
        SettingWords(
            "voice_set",
            _("Bộ giọng thu sẵn"),
            _("Tên thư mục giọng đã thu; để trống là theo mã của điểm phục vụ."),
        ),
        SettingWords("call_sentence", _("Câu gọi"), _("Câu được đọc khi gọi; {so} là số, {quay} là quầy.")),
        SettingWords("call_sentence_en", _("Câu gọi tiếng Anh"), _("Đọc thêm cho người lấy số bằng tiếng Anh.")),
        SettingWords("quiet_from", _("Yên lặng từ"), _("Từ giờ này sảnh không phát âm thanh; để trống là không bao giờ.")),
        SettingWords("quiet_until", _("Yên lặng đến"), _("Đến giờ này sảnh lại phát âm thanh.")),
    )


def choice_words(name: str, choice: str) -> str:
    """A choice of a setting."""
    if name == "voice_engine":
        return engine_names()[choice]
    return {
        ("priority", "strict"): _("Luôn trước người lấy số khác"),
        ("priority", "interleaved"): _("Xen kẽ với người lấy số khác"),
        ("priority", "all"): _("Trước tất cả, cả người đặt hẹn"),
        ("late_policy", "walk_in"): _("Vào hàng như người lấy số"),
        ("late_policy", "rebook"): _("Hẹn giờ trống kế tiếp trong ngày"),
        ("voice_style", "digits"): _("Từng chữ số: A không một hai"),
        ("voice_style", "grouped"): _("Thành số: A không mười hai"),
    }.get((name, choice), choice)


def value_words(name: str, value: Any) -> str:
    """What a setting is set to."""
    if value is None or value == "":
        return _("để trống")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    words = by_name().get(name)
    text = choice_words(name, value) if isinstance(value, str) else str(value)
    return f"{text} {words.unit}" if words is not None and words.unit else text


def wrong_words(wrong: SettingWrong) -> str:
    """What to mend in a setting."""
    words = by_name().get(wrong.name)
    label = words.label if words is not None else wrong.name
    if wrong.why == "number":
        return _("%(label)s: hãy nhập số nguyên từ %(low)s đến %(high)s.", label=label, low=wrong.low, high=wrong.high)
    if wrong.why == "clock":
        return _("%(label)s: hãy nhập giờ như 08:00.", label=label)
    if wrong.why == "sentence":
        return _("%(label)s: câu cần có {so} và {quay} đúng một lần, chỉ gồm chữ, số và dấu câu.", label=label)
    if wrong.why == "folder":
        return _("%(label)s: tên thư mục chỉ gồm chữ không dấu, số, - và _.", label=label)
    return _("%(label)s: hãy chọn trong danh sách.", label=label)
