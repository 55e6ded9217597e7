"""What is wrong with a file, in one sentence with its place; and the names of a file's sections."""

from __future__ import annotations

from core.i18n import gettext as _
from core.refusals import Refusal
from setup.office_file_reading import FORMAT, VERSION, FileWrong


class FileRefused(Refusal):
    """A file that cannot be used; nothing of it was. Details: `place`, `why`."""

    code = "file_wrong"

    def sentence(self) -> str:
        why = wrong_words(str(self.details["why"]))
        return _("Không dùng được tệp này, chưa đổi gì. Chỗ sai: %(place)s, %(why)s.", place=self.details["place"], why=why)


def refused(wrong: FileWrong) -> FileRefused:
    """The same as a refusal."""
    return FileRefused(place=wrong.place, why=wrong.why)


def wrong_words(why: str) -> str:
    """Why, as the end of a sentence."""
    return {
        "json": _("không phải JSON hợp lệ"),
        "format": _("phải là “%(format)s”", format=FORMAT),
        "version": _("phiên bản này chỉ đọc được số %(n)s", n=VERSION),
        "unknown": _("không có mục như vậy"),
        "object": _("phải là một nhóm { }"),
        "list": _("phải là một danh sách [ ] không quá dài"),
        "text": _("phải là một dòng chữ không quá dài, có chỗ không được trống"),
        "truth": _("phải là true hoặc false"),
        "figure": _("phải là một số nguyên trong khoảng cho phép"),
        "code": _("phải là một mã không dấu cách"),
        "weekday": _("các thứ viết từ 0 (thứ Hai) đến 6"),
        "spans": _("giờ viết như [\"08:00-11:30\"], không chồng nhau"),
        "setting": _("giá trị này không dùng được cho cài đặt đó"),
        "day": _("ngày viết như 2026-12-24"),
        "letter": _("chữ của số là một hoặc hai chữ A đến Z, trừ I, O, Q"),
        "options": _("tùy chọn của bảng gọi số không đúng"),
        "twice": _("có hai lần"),
        "printer": _("máy in không nối được như vậy"),
        "big": _("tệp quá lớn hoặc không phải chữ UTF-8"),
    }[why]


def sections() -> dict[str, str]:
    """The parts of a file in words."""
    return {
        "texts": _("Lời nhắn và liên hệ"),
        "settings": _("Cài đặt và giọng đọc"),
        "hours": _("Giờ làm việc trong tuần"),
        "days": _("Ngày nghỉ và ngày khác giờ"),
        "services": _("Dịch vụ"),
        "counters": _("Quầy"),
        "displays": _("Bảng gọi số (theo tên)"),
        "printers": _("Máy in (chỉ thêm máy còn thiếu)"),
    }
