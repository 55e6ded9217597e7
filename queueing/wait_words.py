"""A forecast in words, rounded outwards so that it promises nothing it does not know: one table for slips, pages and scripts.

| range, minutes | told          |   | what else is known                | label, value                              |
|----------------|---------------|---|-----------------------------------|-------------------------------------------|
| 0-0, 0-4       | dưới 5 phút   |   | a break comes before the call     | "Sau giờ nghỉ trưa", "gọi từ 13:30"       |
| 3-12           | dưới 15 phút  |   | booked, the hour has not come     | "Gọi lúc khoảng", "09:00"                 |
| 11-19          | 10–20 phút    |   | less than so many minutes         | "Chờ", "dưới 15 phút"                     |
| 20-20          | 20–25 phút    |   | otherwise                         | "Chờ khoảng", "20–40 phút"                |
| 48-75          | 40 phút đến 1 giờ 20 phút | | a break may come before the call | the last two, and a note           |

`core/static/core/wait.js` says the same on live pages with the words of `script_words`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from core.i18n import gettext as _
from queueing.forecast_rules import Wait
from queueing.prospects import Foreseen

NOON = (12, 15)
"""A break that ends between these hours is lunch."""


@dataclass(frozen=True, slots=True)
class WaitSaid:
    """A label and its value, which read on as one sentence; a `note` or none."""

    label: str
    value: str
    note: str = ""


def rounded(wait: Wait) -> tuple[int, int]:
    """The range outwards to whole fives, above an hour to tens; never a single value."""
    step = 5 if wait.high <= 60 else 10
    low, high = wait.low // step * step, -(-wait.high // step) * step
    return low, high if high > low else low + step


def is_lunch(ends_at: datetime) -> bool:
    """Whether a break that ends then, on the office's clock, is lunch."""
    return NOON[0] <= ends_at.hour < NOON[1]


def script_words() -> dict[str, str]:
    """The words with their places in braces."""
    return {
        "minutes": _("{n} phút"),
        "hours": _("{h} giờ"),
        "hours_minutes": _("{h} giờ {m} phút"),
        "range": _("{low}–{high} phút"),
        "from_to": _("{low} đến {high}"),
        "under": _("dưới {high}"),
        "wait": _("Chờ"),
        "wait_about": _("Chờ khoảng"),
        "call_about": _("Gọi lúc khoảng"),
        "after_lunch": _("Sau giờ nghỉ trưa"),
        "after_break": _("Sau giờ nghỉ"),
        "from": _("gọi từ {time}"),
        "perhaps": _("Có thể phải qua giờ nghỉ: sau đó gọi từ {time}."),
    }


def wait_said(foreseen: Foreseen, tz: tzinfo) -> WaitSaid | None:
    """By the table above; None where nothing is known."""
    if foreseen.wait is None:
        return None
    words = script_words()
    if foreseen.after_break is not None:
        at = foreseen.after_break.astimezone(tz)
        label = words["after_lunch" if is_lunch(at) else "after_break"]
        return WaitSaid(label, words["from"].format(time=f"{at:%H:%M}"))
    note = words["perhaps"].format(time=_clock(foreseen.perhaps_after_break, tz)) if foreseen.perhaps_after_break else ""
    if foreseen.call_about is not None:
        return WaitSaid(words["call_about"], _clock(foreseen.call_about, tz), note)
    low, high = rounded(foreseen.wait)
    if low == 0:
        return WaitSaid(words["wait"], words["under"].format(high=_length(high, words)), note)
    if high < 60:
        return WaitSaid(words["wait_about"], words["range"].format(low=low, high=high), note)
    value = words["from_to"].format(low=_length(low, words), high=_length(high, words))
    return WaitSaid(words["wait_about"], value, note)


def _length(minutes: int, words: dict[str, str]) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return words["minutes"].format(n=rest)
    return words["hours_minutes" if rest else "hours"].format(h=hours, m=rest)


def _clock(instant: datetime, tz: tzinfo) -> str:
    return f"{instant.astimezone(tz):%H:%M}"
