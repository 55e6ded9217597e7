"""Why no number is given, and the ways out of it.

`details["ways"]` lists what the person may do in one touch: `take_number` (the ordinary number of `service`) and
`change_hour` (the page at `url`; without an address, on the own phone).
"""

from __future__ import annotations

from core.i18n import gettext as _
from core.refusals import Refusal


class NotOnSite(Refusal):
    """The device stands outside the office: a number taken there would be called to nobody."""

    code = "not_on_site"
    status = 403

    def sentence(self) -> str:
        return _("Máy này đặt ngoài điểm phục vụ nên không cấp số. Mời ông/bà lấy số tại điểm phục vụ.")


class Closed(Refusal):
    """No numbers are given now. `opens_at` (RFC 3339) and `when` (words) in the details, None where no opening is known."""

    code = "closed"

    def sentence(self) -> str:
        if self.details.get("when"):
            return _("Ngoài giờ phục vụ. Máy lấy số mở lại %(when)s.", when=self.details["when"])
        return _("Ngoài giờ phục vụ. Xin xem lịch làm việc niêm yết tại điểm phục vụ.")


class Closing(Refusal):
    """Somebody who took a number now would not be called today any more. `alternatives` in the details are the first free hours
    of the next working day: `starts_at`, `words`, and the `url` where the hour is booked.
    """

    code = "closing"

    def sentence(self) -> str:
        if self.details.get("alternatives"):
            return _("Hôm nay không còn đủ thời gian phục vụ thêm việc này. Mời ông/bà đặt giờ hẹn cho ngày làm việc tới.")
        return _("Hôm nay không còn đủ thời gian phục vụ thêm việc này. Mời ông/bà trở lại vào ngày làm việc tới.")


class AfterBreak(Refusal):
    """The number would be called after the break only: the person is asked first. `opens_at`, `time` in the details."""

    code = "after_break"

    def sentence(self) -> str:
        if self.details["lunch"]:
            return _("Dự kiến sau giờ nghỉ trưa, gọi từ %(time)s. Lấy số bây giờ vẫn giữ được thứ tự.", time=self.details["time"])
        return _("Dự kiến sau giờ nghỉ, gọi từ %(time)s. Lấy số bây giờ vẫn giữ được thứ tự.", time=self.details["time"])


class UnknownCode(Refusal):
    """No booking or ticket belongs to what was scanned or typed."""

    code = "not_found"
    status = 404

    def sentence(self) -> str:
        return _("Không tìm thấy lịch hẹn với mã này. Xin kiểm tra lại mã, hoặc hỏi cán bộ hướng dẫn.")


class CardScanned(Refusal):
    """An identity card was held under the scanner. Nothing of it is kept."""

    code = "not_found"
    status = 404

    def sentence(self) -> str:
        return _("Đây là mã trên thẻ căn cước, máy không lưu lại. Xin đưa mã QR của lịch hẹn, hoặc nhập mã lịch hẹn.")


class OtherOffice(Refusal):
    """The booking or ticket is another office's. `office` in the details is its name."""

    code = "other_office"

    def sentence(self) -> str:
        return _("Mã này của %(office)s, không phải ở đây. Mời ông/bà đến đúng nơi, hoặc lấy số thường.", **self.details)


class WrongDay(Refusal):
    """The booking is for another day. `day` and `slot` in the details; `past` says on which side of today, `slip` that a slip of
    paper was shown and no booking.
    """

    code = "wrong_day"

    def sentence(self) -> str:
        if self.details.get("slip"):
            return _("Phiếu này là của ngày %(day)s, đã qua. Mời ông/bà lấy số thường.", **self.details)
        if self.details.get("past"):
            return _("Lịch hẹn này là của ngày %(day)s, đã qua. Mời ông/bà lấy số thường.", **self.details)
        return _("Lịch hẹn này là lúc %(slot)s ngày %(day)s, không phải hôm nay. Lịch hẹn vẫn còn hiệu lực.", **self.details)


class BookingCancelled(Refusal):
    """The booking or ticket was cancelled."""

    code = "cancelled"

    def sentence(self) -> str:
        return _("Mã này đã hủy. Nếu vẫn cần, mời ông/bà lấy số thường.")


class BookingUsed(Refusal):
    """Somebody else came with this booking before. Whose it is by right can only be seen by a person."""

    code = "booking_used"

    def sentence(self) -> str:
        return _("Lịch hẹn này đã được dùng để lấy số. Mời ông/bà gặp cán bộ hướng dẫn, hoặc lấy số thường.")


class TooLate(Refusal):
    """The office does not take late people among the walk-ins: they choose another hour. `slot`, `until` in the details."""

    code = "late"

    def sentence(self) -> str:
        return _("Đã quá giờ hẹn %(slot)s (nhận đến %(until)s). Mời ông/bà đổi sang giờ khác hôm nay.", **self.details)


class VisitOver(Refusal):
    """The ticket's visit has ended."""

    code = "finished"

    def sentence(self) -> str:
        return _("Số này đã được phục vụ xong. Nếu có việc khác, mời ông/bà lấy số mới.")


class ChooseOne(Refusal):
    """Several bookings fit a phone or name. `choices` in the details are masked."""

    code = "choose"

    def sentence(self) -> str:
        return _("Có nhiều lịch hẹn hôm nay khớp với thông tin này. Xin chọn đúng lịch hẹn.")


class LateFromAfar(Refusal):
    """The hour is over: who still comes says so at the office, where it can be seen."""

    code = "late"

    def sentence(self) -> str:
        return _("Đã quá giờ hẹn %(slot)s. Mời ông/bà xác nhận tại ki-ốt hoặc với cán bộ hướng dẫn khi đến nơi.", **self.details)


class TooEarlyFromAfar(Refusal):
    """Somebody says "I am here" from the own phone outside the hours in which that is believed. `arrive_from` in the details."""

    code = "too_early"

    def sentence(self) -> str:
        return _("Chưa đến giờ xác nhận. Ông/bà có thể xác nhận đã đến từ %(arrive_from)s.", **self.details)


class NoPrinter(Refusal):
    """A sheet was wanted where nothing can print it."""

    code = "no_printer"

    def sentence(self) -> str:
        return _("Ở đây chưa có máy in. Danh sách giấy tờ có trên trang đặt lịch; cần giúp, mời hỏi cán bộ hướng dẫn.")


class NoPapers(Refusal):
    """The service asks for no papers, or nobody has written them down: an empty list would say that nothing is needed."""

    code = "no_papers"

    def sentence(self) -> str:
        return _("Việc này chưa có danh sách giấy tờ. Mời ông/bà hỏi cán bộ hướng dẫn.")
