"""What a ticket's own page says in each state: one table for the page, its script and the page without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from core.i18n import day_words
from core.i18n import gettext as _
from core.web import config
from display.live import TicketNow
from queueing.forecast_rules import Wait
from queueing.lifecycle_rules import LIVE, verbs_of
from queueing.prospects import Foreseen
from queueing.wait_words import WaitSaid, wait_said

CANCELLABLE = tuple(state for state in LIVE if "cancel" in verbs_of(state))
"""States in which a person may give the number up."""


class StateWords(TypedDict):
    """A state in words. `advice` may hold `{counter}`; `advice_no_counter` is said where there is none.

    Places are in braces, not %(counter)s, because the page's script fills them too.
    """

    tone: str
    title: str
    advice: str
    advice_no_counter: str


def state_words() -> dict[str, StateWords]:
    """Every state of a ticket in the language of the request."""
    back = _("Xin đưa mã của phiếu này vào ki-ốt, hoặc báo cán bộ hướng dẫn, để được xếp lại vào hàng.")
    new = _("Muốn làm thủ tục, xin lấy số mới tại ki-ốt.")
    over = _("Rất tiếc ông/bà chưa được phục vụ hôm đó. Mời ông/bà lấy số mới tại ki-ốt, hoặc đặt lịch hẹn để không phải chờ.")
    held = _("Khi đã sẵn sàng, xin báo cán bộ hướng dẫn. Thứ tự của ông/bà vẫn được giữ.")
    return {
        "waiting": _words("plain", _("Đang chờ"), _("Xin ngồi gần bảng gọi số và giữ trang này mở.")),
        "called": _words("red", _("Đến lượt ông/bà"), _("Mời đến quầy {counter}"), _("Mời đến quầy")),
        "serving": _words("green", _("Đang được phục vụ"), _("Tại quầy {counter}"), ""),
        "held": _words("amber", _("Số đang được tạm giữ"), held),
        "missed": _words("red", _("Đã gọi mà chưa gặp ông/bà"), back),
        "done": _words("green", _("Đã xong"), _("Cảm ơn ông/bà đã đến.")),
        "cancelled": _words("plain", _("Số này đã bỏ"), new),
        "expired": _words("plain", _("Ngày làm việc của số này đã kết thúc"), over),
    }


def _words(tone: str, title: str, advice: str, advice_no_counter: str | None = None) -> StateWords:
    without = advice if advice_no_counter is None else advice_no_counter
    return {"tone": tone, "title": title, "advice": advice, "advice_no_counter": without}


def early_words() -> dict[str, str]:
    """What a booked person is told before the hour of the call, `{time}`."""
    return {"title": _("Sẽ được gọi từ {time}"), "advice": _("Có thể được gọi sớm hơn nếu quầy rảnh.")}


def papers_words() -> dict[str, str]:
    """What somebody is told whose visit ended with papers missing; the papers themselves stand below."""
    return {
        "title": _("Còn thiếu giấy tờ"),
        "advice": _("Trong hôm nay, mang đủ giấy tờ và đưa mã này vào ki-ốt: ông/bà được gọi lại, không phải chờ từ đầu."),
    }


def break_words() -> dict[str, str]:
    """What a waiting person is told before opening and over a break: the place is kept, calling goes on at `{time}`."""
    return {"advice": _("Quầy đang nghỉ, gọi từ {time}. Thứ tự của ông/bà vẫn giữ nguyên.")}


def slip_words() -> dict[str, str]:
    """What somebody is told whose ticket goes on another day, `{day}` from `{time}`."""
    return {
        "title": _("Phiếu này dùng ngày {day}"),
        "advice": _("Từ {time} hôm đó, đưa mã này vào ki-ốt hoặc bàn hướng dẫn: ông/bà được gọi trước người lấy số trong ngày."),
        "advice_no_time": _("Hôm đó, đưa mã này vào ki-ốt hoặc bàn hướng dẫn: ông/bà được gọi trước người lấy số trong ngày."),
    }


def _slip_said(ticket: TicketNow) -> Said | None:
    if ticket.carried_on is None:
        return None
    words, day = slip_words(), day_words(ticket.carried_on)
    if ticket.carried_from_at is None:
        return {"title": words["title"].format(day=day), "advice": words["advice_no_time"]}
    return {"title": words["title"].format(day=day), "advice": words["advice"].format(time=f"{ticket.carried_from_at:%H:%M}")}


def ahead_words() -> dict[str, str]:
    """How many are before a waiting person: nobody, or `{n}`; and what who is next, or soon, had better do."""
    return {
        "none": _("Ông/bà là người tiếp theo"),
        "some": _("Còn {n} người trước"),
        "next": _("Xin lại gần quầy {counters}: số này sắp được gọi."),
        "next_anywhere": _("Xin lại gần các quầy: số này sắp được gọi."),
        "soon": _("Sắp đến lượt: xin ngồi gần bảng gọi số và giữ trang này mở."),
        "or": _(" hoặc "),
    }


SOON = 2
"""So many people ahead, and it is time to come back and sit down."""
COUNTERS_SAID = 3
"""A person walks towards three counters, not towards eight."""
NEAR_TONES = {"next": "red", "soon": "amber"}


def near(ticket: TicketNow, now: datetime) -> str:
    """How near the call is: "next" and "soon" for who waits for people, else "" (a booked hour, a break, another day)."""
    if ticket.state != "waiting" or ticket.people_ahead is None or ticket.people_ahead > SOON:
        return ""
    later = [at for at in (ticket.call_from, ticket.resumes_at) if at is not None and now < at]
    return "" if later else "soon" if ticket.people_ahead else "next"


def tone(ticket: TicketNow, now: datetime) -> str:
    """The colour a ticket's state stands on; the words say the same."""
    if ticket.missing_papers:
        return "amber"
    return NEAR_TONES.get(near(ticket, now)) or state_words()[ticket.state]["tone"]


def _near_advice(ticket: TicketNow, now: datetime) -> str | None:
    words, how = ahead_words(), near(ticket, now)
    if how == "next" and 0 < len(ticket.counters) <= COUNTERS_SAID:
        return words["next"].format(counters=words["or"].join(str(number) for number in ticket.counters))
    return {"next": words["next_anywhere"], "soon": words["soon"]}.get(how)


class Said(TypedDict):
    """The two sentences of a ticket as it stands."""

    title: str
    advice: str


def said(ticket: TicketNow, now: datetime) -> Said:
    """What the page says before, or without, its script: the same as ticket.js makes of the tables above."""
    slip = _slip_said(ticket)
    if slip is not None:
        return slip
    words, ahead = state_words()[ticket.state], ahead_words()
    if ticket.call_from is not None and now < ticket.call_from:
        early = early_words()
        return {"title": early["title"].format(time=f"{ticket.call_from:%H:%M}"), "advice": early["advice"]}
    if ticket.missing_papers:
        papers = papers_words()
        return {"title": papers["title"], "advice": papers["advice"]}
    title = words["title"]
    if ticket.state == "waiting" and ticket.people_ahead is not None:
        title = ahead["some"].format(n=ticket.people_ahead) if ticket.people_ahead else ahead["none"]
    if ticket.resumes_at is not None and now < ticket.resumes_at:
        return {"title": title, "advice": break_words()["advice"].format(time=f"{ticket.resumes_at:%H:%M}")}
    if ticket.counter is None:
        return {"title": title, "advice": _near_advice(ticket, now) or words["advice_no_counter"]}
    return {"title": title, "advice": words["advice"].format(counter=ticket.counter)}


def waiting_said(ticket: TicketNow) -> WaitSaid | None:
    """How long it will take, in words; nothing for who does not wait."""
    if ticket.state != "waiting" or ticket.wait is None:
        return None
    wait = Wait(ticket.wait.median, ticket.wait.low, ticket.wait.high)
    return wait_said(Foreseen(wait, ticket.after_break, ticket.perhaps_after_break, ticket.call_about), config().tz)


def facts(ticket: TicketNow) -> list[tuple[str, str]]:
    """What does not change while a person waits: where they may be called, and by what they are in the line."""
    known = []
    if ticket.counters:
        known.append((_("Quầy phục vụ"), _one_of(ticket.counters)))
    if ticket.slot_at is not None:
        known.append((_("Thứ tự"), _("theo giờ hẹn %(time)s", time=f"{ticket.slot_at:%H:%M}")))
    else:
        known.append((_("Thứ tự"), _("theo giờ lấy số %(time)s", time=f"{ticket.arrived_at:%H:%M}")))
    return known


def _one_of(counters: Sequence[int]) -> str:
    """ "1", "1 hoặc 2", "1, 2 hoặc 3"."""
    *others, last = [str(number) for number in counters]
    return ahead_words()["or"].join([", ".join(others), last]) if others else last


def paper_words(state: str | None) -> str:
    """What became of the paper slip. Whatever it is, the number holds: nobody needs both."""
    alike = _("Giấy và điện thoại như nhau: có một là đủ.")
    if state == "printed":
        return " ".join((_("Phiếu giấy đã in."), alike))
    if state in ("queued", "sending"):
        return " ".join((_("Phiếu giấy đang in."), alike))
    if state is None:
        return _("Số này không in ra giấy: màn hình này là đủ.")
    return _("Máy in đang có sự cố. Không cần phiếu giấy: số trên màn hình này có giá trị như nhau.")
