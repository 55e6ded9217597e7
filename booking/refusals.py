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
            "Không tìm thấy lịch hẹn này. Xin mở lại đúng đường dẫn đã lưu, "
            "hoặc đến điểm phục vụ và đọc mã lịch hẹn cho cán bộ hướng dẫn."
        )


class NothingFound(NotFound):
    """No booking of this office has both this code and this phone: which of the two is wrong is not told."""

    def sentence(self) -> str:
        return _("Không có lịch hẹn nào khớp cả mã và số điện thoại. Xin kiểm tra lại cả hai, và chọn đúng phường, xã đã đặt.")


class SlotTaken(Refusal):
    """Every place of the slot is gone. `alternatives` in the details are the nearest free beginnings (RFC 3339).

    `visits` is for how many people or procedures together it was asked.
    """

    code = "slot_taken"

    def sentence(self) -> str:
        if self.details.get("visits", 1) > 1 and self.details.get("alternatives"):
            return _(
                "Khung giờ này không còn đủ chỗ cho %(count)s người hoặc việc cùng lúc. Mời ông/bà chọn một giờ khác còn đủ chỗ.",
                count=self.details["visits"],
            )
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


class PhoneBlocked(Refusal):
    """Too many bookings of this phone were used by somebody else."""

    code = "phone_blocked"

    def sentence(self) -> str:
        return _(
            "Số điện thoại này tạm thời không đặt lịch qua mạng được, vì đã nhiều lần người đến không phải người đặt. "
            "Mời ông/bà đến điểm phục vụ lấy số trực tiếp, hoặc hỏi cán bộ hướng dẫn."
        )


class TooManyHolds(Refusal):
    """More slots are being held from one network address than people could be typing there. The booking itself needs no hold."""

    code = "too_many_holds"
    status = 429

    def sentence(self) -> str:
        return _("Có quá nhiều chỗ đang được giữ từ mạng này. Ông/bà vẫn đặt được: xin điền họ tên và đặt ngay.")


class DayHasRoom(Refusal):
    """The day is not full: there is nothing to wait for. `alternatives` are free beginnings of that day (RFC 3339)."""

    code = "day_has_room"

    def sentence(self) -> str:
        return _("Ngày này còn chỗ, không cần chờ. Mời ông/bà chọn một giờ.")


class AlreadyWaiting(Refusal):
    """The phone is on the waiting list of that day at this office."""

    code = "already_waiting"

    def sentence(self) -> str:
        return _(
            "Số điện thoại này đã có trong danh sách chờ của ngày đó. Khi có chỗ, trang danh sách chờ của ông/bà báo và giữ chỗ; "
            "muốn thôi chờ, xin mở lại trang đó."
        )


class WaitingUnknown(NotFound):
    """Nobody on a waiting list has this token."""

    def sentence(self) -> str:
        return _("Không tìm thấy tên ông/bà trong danh sách chờ. Xin mở lại đúng đường dẫn đã lưu, hoặc chọn lại ngày và giờ.")


class NothingOffered(Refusal):
    """No place is offered now: it went to the next, or was accepted or given up before."""

    code = "nothing_offered"

    def sentence(self) -> str:
        return _("Hiện không có chỗ nào đang giữ cho ông/bà. Ông/bà vẫn ở trong danh sách chờ trừ khi đã nhận hoặc đã thôi chờ.")


class CodeNeeded(Refusal):
    """The office wants the phone confirmed by the code sent to it; none was given, or it was wrong or too old."""

    code = "code_needed"
    status = 422

    def sentence(self) -> str:
        if self.details.get("wrong"):
            return _("Mã xác nhận chưa đúng hoặc đã hết hạn. Xin nhập lại, hoặc nhận mã mới.")
        return _("Xin nhập mã xác nhận đã gửi đến số điện thoại của ông/bà.")


class CodeTooSoon(Refusal):
    """A code was sent to this phone less than a minute ago. `retry_after` is how many seconds to wait."""

    code = "code_too_soon"
    status = 429

    def sentence(self) -> str:
        return _(
            "Mã vừa được gửi đến số điện thoại này. Xin xem lại tin nhắn, hoặc chờ %(seconds)s giây rồi nhận mã mới.",
            seconds=self.details.get("retry_after", 60),
        )


class NobodyCame(Refusal):
    """A household of whom nobody came is no visit."""

    code = "nobody_came"

    def sentence(self) -> str:
        return _("Nếu không ai đến, hãy ghi vắng mặt hoặc hủy số. Nếu có người đến, hãy bỏ dấu “Không đến” của người đó.")


class NotListedAnyMore(Refusal):
    """The booking on the call list has another hour by now: its person or a colleague moved it."""

    code = "not_listed_any_more"

    def sentence(self) -> str:
        return _("Lịch hẹn này vừa được dời sang giờ khác, không cần dời nữa. Hãy tải lại danh sách.")
