"""Why the line says no at the edges of a day."""

from __future__ import annotations

from datetime import date

from core.i18n import day_words
from core.i18n import gettext as _
from core.refusals import Refusal

NAMED_AT_MOST = 12
"""So many numbers are named in a sentence; all of them are in the details."""


class CarryFull(Refusal):
    """No slip for another day is left. Details: `number`, `places` a day has."""

    code = "carry_full"

    def sentence(self) -> str:
        return _(
            "Đã hết phiếu cho ngày làm việc sau (%(places)s phiếu mỗi ngày). Hãy phục vụ nốt số %(number)s, "
            "hoặc mời người dân đặt lịch hẹn rồi hủy số này.",
            **self.details,
        )


class CarriedLater(Refusal):
    """The slip is good for another day. Details: `day` (ISO), `hour` of its opening on the wall, "" when not known."""

    code = "wrong_day"

    def sentence(self) -> str:
        day = day_words(date.fromisoformat(self.details["day"]))
        if self.details["hour"]:
            return _(
                "Phiếu này dùng ngày %(day)s, từ %(hour)s. Hôm đó ông/bà được gọi trước.", day=day, hour=self.details["hour"]
            )
        return _("Phiếu này dùng ngày %(day)s. Hôm đó ông/bà được gọi trước.", day=day)


class Undecided(Refusal):
    """The day has tickets that nobody has decided on. Details: `numbers`, `on`."""

    code = "undecided"

    def sentence(self) -> str:
        numbers: list[str] = self.details["numbers"]
        named = ", ".join(numbers[:NAMED_AT_MOST]) + (", …" if len(numbers) > NAMED_AT_MOST else "")
        return _("Chưa chốt được ngày: còn %(n)s số chưa quyết định (%(numbers)s).", n=len(numbers), numbers=named)


class DayNotOver(Refusal):
    """A day to come is not closed."""

    code = "day_not_over"

    def sentence(self) -> str:
        return _("Ngày này chưa đến nên chưa chốt được.")
