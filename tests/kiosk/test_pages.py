"""The kiosk's page, and "I am here" from the own phone."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from queueing.store import ticket_by_token
from tests import builders
from tests.conftest import MONDAY_MORNING
from tests.kiosk.hall import Hall


def test_a_paired_kiosk_shows_its_screens(hall: Hall) -> None:
    page = hall.client.page("/kiosk/00070", headers=builders.bearer(hall.kiosk))
    found = re.search(r'id="kiosk-data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found.group(1))
    assert data["screen_mm"] == 270
    assert {code for tile in data["tiles"] for code in tile["services"]} == {"A", "B", "C"}
    assert data["words"]["vi"].keys() == data["words"]["en"].keys()


def test_a_kiosk_begins_in_vietnamese_whatever_the_last_person_chose(hall: Hall) -> None:
    hall.client.set_cookie("lang", "en")
    assert '<html lang="vi">' in hall.client.page("/kiosk/00070", headers=builders.bearer(hall.kiosk))


def test_an_unpaired_browser_is_told_how_to_become_a_kiosk(hall: Hall) -> None:
    page = hall.client.page("/kiosk/00070")
    assert "kiosk-data" not in page
    assert 'action="/pair/"' in page


def test_another_offices_kiosk_does_not_become_this_ones(hall: Hall) -> None:
    assert "kiosk-data" not in hall.client.page("/kiosk/00071", headers=builders.bearer(hall.kiosk))


def test_an_unknown_office_has_no_kiosk(hall: Hall) -> None:
    assert hall.client.get("/kiosk/99999").status_code == 404


def test_the_code_of_a_number_is_a_picture(hall: Hall) -> None:
    mine = hall.take().json["token"]
    answer = hall.client.get(f"/kiosk/00070/qr/t/{mine}.svg", headers=builders.bearer(hall.kiosk))
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert hall.client.get(f"/kiosk/00070/qr/t/{mine}.svg").status_code in (302, 401)


def test_a_name_with_markup_stays_text(hall: Hall) -> None:
    with hall.writing() as (_session, office):
        office.name = "Phường <b>Thử</b> & </script>"
        service = office.services[0]
        service.name = "</script><img src=x onerror=alert(1)>"
    page = hall.client.page("/kiosk/00070", headers=builders.bearer(hall.kiosk))
    assert "<b>Thử</b>" not in page
    assert "<img src=x" not in page


def test_whoever_is_there_in_time_may_say_so_from_the_phone(hall: Hall) -> None:
    token = hall.book(MONDAY_MORNING)
    answer = hall.client.post(f"/kiosk/arrived/{token}")
    assert answer.status_code == 303
    ticket_token = answer.headers["Location"].rpartition("/t/")[2]
    with hall.writing() as (session, _office):
        ticket = ticket_by_token(session, ticket_token)
        assert (ticket.arrival, ticket.source) == ("on_time", "phone")
    assert hall.client.post(f"/kiosk/arrived/{token}").headers["Location"].endswith(ticket_token)


@pytest.mark.parametrize("away", [timedelta(minutes=11), timedelta(days=1), timedelta(minutes=-11), timedelta(days=-1)])
def test_the_phone_is_believed_only_at_the_booked_hour(hall: Hall, away: timedelta) -> None:
    token = hall.book(MONDAY_MORNING + away)
    assert hall.client.post(f"/kiosk/arrived/{token}").status_code == 409


def test_a_forged_token_is_nobodys_arrival(hall: Hall) -> None:
    assert hall.client.post("/kiosk/arrived/khong-co-lich-hen-nao").status_code == 404
