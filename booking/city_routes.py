"""The city page."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from flask import render_template, request

from booking import city_store, city_words, words
from booking.city import Place
from booking.city import city as the_city
from booking.pages import blueprint
from core.i18n import choose_language
from core.rights import requires
from core.web import local, now, reading


@blueprint.get("/")
@requires("anyone")
def city() -> str:
    """All offices; those that publish hours first, with how it stands there now."""
    typed = words.legible(request.args.get("q", ""))[:80]
    with reading() as session:
        offices = city_store.listed(session)
        found = [office for office in offices if words.matches(office.folded, typed)] if typed else offices
        places = the_city().places(session, found)
    today, language = local(now()).date(), choose_language()
    return render_template("booking/city.html", cards=[_card(place, today, language) for place in places], typed=typed)


@lru_cache(maxsize=8192)
def _card(place: Place, today: date, _language: str) -> str:
    """An office in the list. Kept as long as nothing of it changes: of a whole city's cards only a few are drawn anew."""
    return render_template("booking/card.html", place=place, said=city_words, today=today)
