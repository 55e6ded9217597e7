"""How it stands at an office, in words: for its card on the city page and its entry in the feed."""

from __future__ import annotations

from datetime import date

from booking.city import Place
from booking.words import hour_words
from core.i18n import gettext as _
from core.web import local


def doors_words(place: Place) -> str:
    """Open, or when it opens next."""
    if place.open_now:
        return _("Đang mở cửa")
    if place.opens_at:
        return _("Mở cửa lại: %(when)s", when=hour_words(local(place.opens_at)))
    return _("Đang đóng cửa")


def waiting_words(place: Place) -> str:
    """How many people wait there now."""
    return _("%(n)s người chờ", n=place.waiting) if place.waiting else _("Không có người chờ")


def free_words(place: Place, today: date | None = None) -> str:
    """When the next hour is free; "" while that is not known. An hour of `today` is said as such."""
    if place.free is None:
        return _("Hiện không còn giờ hẹn nào") if place.known else ""
    free = local(place.free)
    if free.date() == today:
        return _("Sớm nhất: %(clock)s hôm nay", clock=f"{free:%H:%M}")
    if place.full_today:
        return _("Hết chỗ hôm nay; sớm nhất: %(when)s", when=hour_words(free))
    return _("Sớm nhất: %(when)s", when=hour_words(free))


def summary(place: Place) -> str:
    """The office in a line, with days said by name: a feed is read later, and elsewhere."""
    said = (doors_words(place), waiting_words(place), free_words(place))
    return ". ".join(words for words in said if words) + "."
