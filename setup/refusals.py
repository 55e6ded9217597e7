"""Why a change to an office is refused."""

from __future__ import annotations

from core.i18n import gettext as _
from core.refusals import Refusal


class NothingToPublish(Refusal):
    """An office without services, counters or hours would show people an empty page."""

    code = "nothing_to_publish"

    def sentence(self) -> str:
        return _("Chưa công bố được: điểm phục vụ cần có dịch vụ, quầy nhận dịch vụ và giờ làm việc trước đã.")


class DeviceRevoked(Refusal):
    """A revoked device is not paired again: its name in the list would no longer say which machine it is."""

    code = "device_revoked"

    def sentence(self) -> str:
        return _("Thiết bị này đã bị thu hồi. Hãy thêm thiết bị mới rồi ghép.")


class HoursTouchMore(Refusal):
    """Between the look and the confirmation somebody booked, moved or cancelled, or changed the office's set-up, too: the head
    has not seen what would happen now.
    """

    code = "hours_touch_more"

    def sentence(self) -> str:
        return _("Vừa có thay đổi về lịch hẹn hoặc cài đặt. Hãy xem lại danh sách dưới đây rồi xác nhận.")


class MovedOn(Refusal):
    """A change cannot be taken back: what it changed was changed again since. Details: `place`, in words."""

    code = "moved_on"

    def sentence(self) -> str:
        return _("Không hoàn tác được: %(place)s đã được đổi tiếp sau đó. Hãy hoàn tác thay đổi sau trước.", **self.details)


class UndoneAlready(Refusal):
    """A change is taken back at most once."""

    code = "undone_already"

    def sentence(self) -> str:
        return _("Thay đổi này đã được hoàn tác rồi.")


class NotUndoable(Refusal):
    """A device that was revoked stays so: its token is gone."""

    code = "not_undoable"

    def sentence(self) -> str:
        return _("Việc thu hồi thiết bị không hoàn tác được. Hãy thêm thiết bị mới rồi ghép.")


class InUse(Refusal):
    """What somebody has used is not taken away, for its history would go with it. Details: `part`."""

    code = "in_use"

    def sentence(self) -> str:
        return {
            "service": _("Dịch vụ này đã có người đặt hẹn, lấy số hoặc có quầy nhận nên không xóa được. Hãy tắt dịch vụ."),
            "counter": _("Quầy này đã phục vụ người dân nên không xóa được. Hãy bỏ quầy ở trang của quầy."),
            "staff": _("Người này đã đăng nhập hoặc đã làm việc nên không xóa được. Hãy cho nghỉ."),
            "device": _("Thiết bị này đã được dùng nên không xóa được. Hãy thu hồi thiết bị."),
        }[str(self.details["part"]).partition(":")[0]]


class ServiceUnknown(Refusal):
    """A counter cannot take a service that the office has not. Details: `service` (its code)."""

    code = "service_unknown"

    def sentence(self) -> str:
        return _("Không còn dịch vụ “%(service)s”. Hãy xem lại danh sách dịch vụ.", **self.details)


class ProcedureUnknown(Refusal):
    """The catalogue has no such procedure. Details: `code`."""

    code = "procedure_unknown"

    def sentence(self) -> str:
        return _("Danh mục không có thủ tục “%(code)s”. Hãy chọn thủ tục khác.", **self.details)


class CounterInUse(Refusal):
    """A counter that is open, or that somebody was sent to, is not retired. Details: `counter` (its number), `waiting`."""

    code = "counter_in_use"

    def sentence(self) -> str:
        if self.details["waiting"]:
            return _("Còn %(waiting)s người được chuyển đến quầy %(counter)s. Hãy phục vụ hoặc chuyển họ sang quầy khác trước.",
                     **self.details)  # fmt: skip
        return _("Quầy %(counter)s đang mở. Hãy đóng quầy rồi bỏ.", **self.details)


class StillServing(Refusal):
    """Who is serving somebody does not leave in the middle of it. Details: `counter` (its number)."""

    code = "still_serving"

    def sentence(self) -> str:
        return _("Người này đang phục vụ ở quầy %(counter)s. Hãy hoàn thành hoặc chuyển người dân đó trước.", **self.details)


class LastHead(Refusal):
    """An office always has somebody who may set it up."""

    code = "last_head"

    def sentence(self) -> str:
        return _("Đây là trưởng điểm phục vụ duy nhất đang làm việc. Hãy thêm hoặc đổi vai trò cho một trưởng khác trước.")
