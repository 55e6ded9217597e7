"""Why the line says no. Each names the truth: the number, its state, the counter, so that a screen can show it."""

from __future__ import annotations

from core.i18n import gettext as _
from core.refusals import Refusal
from queueing.words import state_name


class WrongState(Refusal):
    """A ticket in this state allows no such thing. Details: `number`, `state`, `verb`."""

    code = "wrong_state"

    def sentence(self) -> str:
        state = state_name(self.details["state"])
        return _(
            "Số %(number)s hiện “%(state)s” nên chưa làm được việc này. Hãy xem lại hàng chờ.", number=self.number, state=state
        )

    @property
    def number(self) -> str:
        """The number on the ticket."""
        return str(self.details["number"])


class RecallTooSoon(Refusal):
    """The number was said a moment ago. Details: `number`, `seconds` to wait."""

    code = "recall_too_soon"

    def sentence(self) -> str:
        return _("Số %(number)s vừa được gọi. Có thể gọi lại sau %(seconds)s giây.", **self.details)


class TooLateToUndo(Refusal):
    """Nothing was done lately with this ticket that could be taken back. Details: `number`."""

    code = "too_late_to_undo"

    def sentence(self) -> str:
        return _("Với số %(number)s không còn việc nào hoàn tác được: chỉ hoàn tác được trong ít giây đầu.", **self.details)


class CounterNotOpen(Refusal):
    """The counter does not call now. Details: `counter` (its number), `state`."""

    code = "counter_not_open"

    def sentence(self) -> str:
        return _("Quầy %(counter)s chưa mở. Hãy mở quầy trước.", **self.details)


class CounterTaken(Refusal):
    """Another officer sits at the counter. Details: `counter`."""

    code = "counter_taken"

    def sentence(self) -> str:
        return _("Quầy %(counter)s đang có cán bộ khác. Hãy chọn quầy khác, hoặc nhờ người đó đóng quầy.", **self.details)


class OtherCounterOpen(Refusal):
    """The officer sits at another counter; `move` offers to close that one. Details: `counter`, `other`."""

    code = "other_counter_open"

    def sentence(self) -> str:
        return _("Ông/bà đang mở quầy %(other)s. Có thể chuyển sang quầy %(counter)s: quầy %(other)s sẽ đóng.", **self.details)


class CounterBusy(Refusal):
    """Somebody is at the counter and is to be decided on first. Details: `counter`, `number`."""

    code = "counter_busy"

    def sentence(self) -> str:
        return _("Quầy %(counter)s đang có số %(number)s. Hãy hoàn thành, tạm giữ hoặc chuyển số đó trước.", **self.details)


class NotBooked(Refusal):
    """Nobody's name belongs to this ticket: it has no booking, or its person was not the one who booked. Details: `number`."""

    code = "not_booked"

    def sentence(self) -> str:
        return _(
            "Số %(number)s không đi theo lịch hẹn nào nên không có tên để đối chiếu. Hãy phục vụ như người lấy số.",
            **self.details,
        )


class MayNotReturn(Refusal):
    """A finished visit is opened again once, the same day, for missing papers only. Details: `number`."""

    code = "may_not_return"

    def sentence(self) -> str:
        return _("Lượt của số %(number)s đã xong. Nếu có việc khác, mời ông/bà lấy số mới.", **self.details)


class NotYourCounter(Refusal):
    """Somebody else sits at this counter: only that officer and the head press its keys. Details: `counter`."""

    code = "not_your_counter"
    status = 403

    def sentence(self) -> str:
        return _("Quầy %(counter)s không phải quầy ông/bà đang ngồi.", **self.details)


class MayNotPick(Refusal):
    """Calling somebody out of order is a right this officer has not been given. Details: `waiting`, where people wait before."""

    code = "may_not_pick"
    status = 403

    def sentence(self) -> str:
        if "waiting" in self.details:
            return _(
                "Còn %(waiting)s người đang chờ quầy này, và ông/bà chưa được giao quyền gọi ngoài thứ tự. "
                "Hãy cấp số để người này vào hàng chờ, hoặc nhờ người quản lý.",
                **self.details,
            )
        return _("Ông/bà chưa được giao quyền gọi ngoài thứ tự. Hãy gọi người tiếp theo, hoặc nhờ người quản lý.")


class CounterSilent(Refusal):
    """An officer left a counter open, and nothing is heard of its console.

    Details: `counter`, `counter_id`, `minutes` of silence, `number` of who is there ("": nobody).
    """

    code = "counter_silent"

    def sentence(self) -> str:
        if self.details["number"]:
            return _(
                "Quầy %(counter)s đang giữ số %(number)s nhưng máy của cán bộ ở đó không có tín hiệu đã %(minutes)s phút. "
                "Hãy bấm “Giải phóng quầy”: số đó trở lại hàng chờ với giờ cũ. Sau đó mở quầy.",
                **self.details,
            )
        return _(
            "Máy của cán bộ quầy %(counter)s không có tín hiệu đã %(minutes)s phút. Hãy bấm “Giải phóng quầy”, sau đó mở quầy.",
            **self.details,
        )


class CounterNotSilent(Refusal):
    """The counter's console was heard of a moment ago, or nobody sits there. Details: `counter`, `state`."""

    code = "counter_not_silent"

    def sentence(self) -> str:
        if self.details["state"] == "closed":
            return _("Quầy %(counter)s đã đóng, không có gì phải giải phóng.", **self.details)
        return _("Máy của cán bộ quầy %(counter)s vẫn có tín hiệu. Hãy hỏi người đó, hoặc nhờ người quản lý.", **self.details)


class TheirCounterOpen(Refusal):
    """Whoever should take a counter over sits at another one. Details: `counter`, `other`."""

    code = "other_counter_open"

    def sentence(self) -> str:
        return _(
            "Cán bộ được chọn đang mở quầy %(other)s. Hãy chọn người khác, hoặc nhờ người đó đóng quầy %(other)s trước.",
            **self.details,
        )


class NumberTaken(Refusal):
    """The number written on paper belongs to somebody already, today or further up in the same list. Details: `number`."""

    code = "number_taken"

    def sentence(self) -> str:
        return _("Số %(number)s hôm nay đã có người. Chưa số nào được ghi: hãy sửa số này rồi ghi lại.", **self.details)
