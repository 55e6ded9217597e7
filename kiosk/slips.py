"""What is printed for a ticket: the words of the slip, in the language the person chose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from flask_babel import force_locale

from core.i18n import gettext as _
from kiosk.words import said
from office.models import Office
from office.words import service_name
from printer.slip import Slip
from queueing.models import Ticket

Told = tuple[str, dict[str, str]]
"""The key of a sentence of `kiosk.words.outcome_words` and its places."""


def compose(
    office: Office,
    ticket: Ticket,
    *,
    counters: Sequence[int],
    ahead: int | None,
    tz: tzinfo,
    public_url: str,
    told: Told | None = None,
) -> Slip:
    """The slip of `ticket`. It names neither the person nor, on a booking, anything but the hour."""
    with force_locale(ticket.lang):
        return Slip(
            office=_("UBND %(office)s", office=office.name).upper(),
            unit=_("Điểm phục vụ hành chính công"),
            number=ticket.label,
            service=service_name(ticket.service, ticket.lang),
            badge=_badge(ticket, tz),
            counters=_counters(counters),
            people_ahead=ahead,
            url=f"{public_url}/t/{ticket.token}",
            taken_at=f"{ticket.arrived_at.astimezone(tz):%H:%M, %d/%m/%Y}",
            notes=_notes(told),
            hotline=office.hotline,
            lang=ticket.lang,
            labels={"nobody": _("Sắp đến lượt bạn")},
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


def _notes(told: Told | None) -> tuple[str, ...]:
    sentences = [said(*told)] if told is not None else []
    return (*sentences, _("Gọi 3 lần vắng mặt: đến quầy hướng dẫn, số vẫn còn."), _("Lấy số miễn phí."))
