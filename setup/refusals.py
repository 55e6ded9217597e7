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
    """Between the preview and the confirmation somebody booked, moved or cancelled: the head has not seen this list."""

    code = "hours_touch_more"

    def sentence(self) -> str:
        return _("Vừa có thay đổi về lịch hẹn. Hãy xem lại danh sách dưới đây rồi xác nhận.")
