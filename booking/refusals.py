"""Why a booking cannot be made, moved or cancelled. `details` carry what the person may do instead."""

from __future__ import annotations

from core.i18n import gettext as _
from core.refusals import Refusal
from core.rights import NotFound


class OfficeUnknown(NotFound):
    """No office with this code publishes hours."""

    def sentence(self) -> str:
        return _("Không có điểm phục vụ nào nhận đặt lịch ở đường dẫn này. Mời ông/bà tìm phường, xã ở trang đầu.")


class AppointmentUnknown(NotFound):
    """No booking has this token or code."""

    def sentence(self) -> str:
        return _(
            "Không tìm thấy lịch hẹn này. Xin mở lại đúng đường dẫn trong tin nhắn, "
            "hoặc đến điểm phục vụ và đọc mã lịch hẹn cho cán bộ hướng dẫn."
        )


class NothingFound(NotFound):
    """No booking of this office has both this code and this phone: which of the two is wrong is not told."""

    def sentence(self) -> str:
        return _("Không có lịch hẹn nào khớp cả mã và số điện thoại. Xin kiểm tra lại cả hai, và chọn đúng phường, xã đã đặt.")


class SlotTaken(Refusal):
    """Every place of the slot is gone. `alternatives` in the details are the nearest free beginnings (RFC 3339)."""

    code = "slot_taken"

    def sentence(self) -> str:
        if self.details.get("alternatives"):
            return _("Khung giờ này vừa hết chỗ. Mời ông/bà chọn một giờ khác còn chỗ gần đó.")
        return _("Khung giờ này vừa hết chỗ. Mời ông/bà chọn ngày khác hoặc đến lấy số trực tiếp tại điểm phục vụ.")


class SlotPast(Refusal):
    """The hour has begun or is over."""

    code = "slot_past"

    def sentence(self) -> str:
        return _("Giờ này đã qua. Mời ông/bà chọn một giờ khác.")


class SlotUnknown(Refusal):
    """No slot begins then: the office is closed, the day is too far ahead, or the time is not a slot's beginning."""

    code = "slot_unknown"
    status = 422

    def sentence(self) -> str:
        return _("Điểm phục vụ không nhận lịch hẹn vào giờ này. Mời ông/bà chọn một giờ có trong danh sách.")


class NotBookable(Refusal):
    """The service is not offered by appointment at this office."""

    code = "not_bookable"
    status = 422

    def sentence(self) -> str:
        return _("Thủ tục này không đặt lịch được tại đây. Mời ông/bà chọn thủ tục khác hoặc đến lấy số trực tiếp.")


class NotTogether(Refusal):
    """The services of the people who come together are not done at the same counters."""

    code = "not_together"
    status = 422

    def sentence(self) -> str:
        return _("Các thủ tục này làm ở những quầy khác nhau. Mời ông/bà đặt một lịch hẹn riêng cho từng thủ tục.")


class LimitReached(Refusal):
    """The phone has as many live bookings that day as one may have. `limit` is that number."""

    code = "limit_reached"

    def sentence(self) -> str:
        return _(
            "Số điện thoại này đã có %(limit)s lịch hẹn trong ngày. Mời ông/bà chọn ngày khác, hoặc hủy một lịch hẹn đã đặt.",
            limit=self.details.get("limit", 2),
        )


class FieldLimitReached(Refusal):
    """The phone has a live booking of the same field that day."""

    code = "field_limit_reached"

    def sentence(self) -> str:
        return _(
            "Số điện thoại này đã có một lịch hẹn cùng lĩnh vực trong ngày. "
            "Mời ông/bà chọn ngày khác, hoặc mở lại đường dẫn của lịch hẹn đã đặt để đổi giờ."
        )


class AlreadyCheckedIn(Refusal):
    """The person is in the line: the booking has become a ticket and is changed at the counter only."""

    code = "already_checked_in"

    def sentence(self) -> str:
        return _("Ông/bà đã xác nhận đến. Nếu cần thay đổi, xin hỏi cán bộ hướng dẫn tại điểm phục vụ.")


class AlreadyCancelled(Refusal):
    """The booking was cancelled before."""

    code = "already_cancelled"

    def sentence(self) -> str:
        return _("Lịch hẹn này đã hủy. Mời ông/bà đặt lịch hẹn mới.")


class AlreadyOver(Refusal):
    """The day of the booking is past."""

    code = "already_over"

    def sentence(self) -> str:
        return _("Ngày hẹn đã qua. Mời ông/bà đặt lịch hẹn mới.")
