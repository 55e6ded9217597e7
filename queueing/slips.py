"""The slip of a number, whoever gives it: the kiosk, the door, or an officer at the desk. It names no person, and of a booking
only the hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from flask_babel import force_locale

from core.i18n import gettext as _
from office.models import Office
from office.plans import AnyService
from office.words import service_name
from printer.slip import Slip
from queueing.models import Ticket
from queueing.prospects import Foreseen
from queueing.wait_words import wait_said


def ticket_slip(
    office: Office,
    ticket: Ticket,
    *,
    counters: Sequence[int],
    ahead: int | None,
    tz: tzinfo,
    public_url: str,
    foreseen: Foreseen,
    told: str = "",
    service: AnyService | None = None,
) -> Slip:
    """The slip of `ticket` in its own language, with the wait as it is told now.

    `told`: what its person has to know first, in that language already. `service` spares looking its service up.
    """
    with force_locale(ticket.lang):
        wait = wait_said(foreseen, tz)
        notes = (told, wait.note if wait else "", _("Gọi 3 lần vắng mặt: đến quầy hướng dẫn, số vẫn còn."), _("Lấy số miễn phí."))
        return Slip(
            office=_("UBND %(office)s", office=office.name).upper(),
            unit=_("Điểm phục vụ hành chính công"),
            number=ticket.label,
            service=service_name(service or ticket.service, ticket.lang),
            badge=_badge(ticket, tz),
            counters=_counters(counters),
            people_ahead=ahead,
            wait=wait.value if wait else None,
            url=f"{public_url}/t/{ticket.token}",
            taken_at=f"{ticket.arrived_at.astimezone(tz):%H:%M, %d/%m/%Y}",
            notes=tuple(note for note in notes if note),
            hotline=office.hotline,
            lang=ticket.lang,
            labels={"nobody": _("Sắp đến lượt bạn")} | ({"wait": wait.label} if wait else {}),
        )


def _badge(ticket: Ticket, tz: tzinfo) -> str | None:
    words = [_("ƯU TIÊN")] if ticket.priority else []
    if ticket.kind == "booked" and ticket.slot_at is not None:
        words.append(_("HẸN %(slot)s", slot=f"{ticket.slot_at.astimezone(tz):%H:%M}"))
    if ticket.people > 1:
        words.append(_("%(n)s NGƯỜI", n=ticket.people))
    return " · ".join(words) or None


def _counters(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    if len(numbers) == 1:
        return _("Quầy %(n)s", n=numbers[0])
    if len(numbers) == 2:
        return _("Quầy %(first)s hoặc quầy %(last)s", first=numbers[0], last=numbers[1])
    return _("Một trong các quầy %(list)s", list=", ".join(str(number) for number in numbers))
