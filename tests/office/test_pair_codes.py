"""A machine shows its code, somebody types it, and the machine alone becomes the device."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SetClock
from core.database import Database
from office import actions, pair_codes
from office.models import Device
from tests.builders import make_office
from tests.pages import CheckedClient

CODES = st.text(min_size=1, max_size=20).map(lambda mark: pair_codes.code_of(mark, "key"))


@given(code=CODES, place=st.integers(0, 7), letter=st.sampled_from(pair_codes.CODE_LETTERS))
def test_one_wrong_letter_is_always_noticed(code: str, place: int, letter: str) -> None:
    typed = code[:place] + letter + code[place + 1 :]
    assert pair_codes.read(typed) == (code if typed == code else None)


@given(code=CODES, place=st.integers(0, 5))
def test_two_letters_that_changed_places_are_noticed(code: str, place: int) -> None:
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert pair_codes.read(typed) == (code if typed == code else None)


@pytest.mark.parametrize("typed", ["", "A", "x" * 5000, "ACEFHJKB", "<b>ACEF</b>", "ACEFHJKLR"])
def test_what_no_machine_shows_is_no_code(typed: str) -> None:
    assert pair_codes.read(typed) is None


def test_a_code_is_read_as_it_is_typed_and_depends_on_the_servers_key() -> None:
    code = pair_codes.code_of("mark", "key")
    assert pair_codes.read(f" {code[:4].lower()}-{code[4:]} ") == code
    assert pair_codes.code_of("mark", "other") != code


# --- the machine ------------------------------------------------------------------------------------------------------


@pytest.fixture
def device(database: Database, app: Flask) -> int:
    with database.transaction() as session:
        return actions.add_device(session, make_office(session), "display", "Bảng sảnh").id


def shown(client: CheckedClient, app: Flask) -> str:
    client.page("/pair/")
    mark = client.get_cookie("pairing", path="/pair/")
    assert mark
    assert mark.http_only
    return pair_codes.code_of(mark.value, app.config["SECRET_KEY"])


def grant(database: Database, device: int, code: str, clock: SetClock) -> None:
    with database.transaction() as session:
        actions.grant_pairing(session, session.get_one(Device, device), code, clock.now())


def test_the_machine_that_shows_the_code_becomes_the_device_and_no_other(
    client: CheckedClient, app: Flask, database: Database, device: int, clock: SetClock
) -> None:
    code = shown(client, app)
    assert code[:4] in client.page("/pair/")
    assert client.post("/pair/claim").status_code == 204
    grant(database, device, code, clock)
    passer_by = CheckedClient(app, app.response_class)
    assert passer_by.post("/pair/claim").status_code == 204
    for typed in (code, pair_codes.SHOWN + code, f"SHOWN-{code}"):
        assert passer_by.post("/pair/", data={"code": typed}).status_code == 404
    answer = client.post("/pair/claim")
    assert (answer.status_code, answer.get_json()) == (200, {"url": "/display/00070"})
    assert client.get_cookie("device")
    assert client.get_cookie("pairing", path="/pair/") is None


def test_a_code_that_was_typed_is_good_for_minutes_and_typed_twice_for_the_second_device(
    client: CheckedClient, app: Flask, database: Database, device: int, clock: SetClock
) -> None:
    code = shown(client, app)
    grant(database, device, code, clock)
    clock.advance(actions.GRANT_LIVES + timedelta(seconds=1))
    assert client.post("/pair/claim").status_code == 204
    with database.transaction() as session:
        office = session.get_one(Device, device).office_id
        second = Device(office_id=office, kind="kiosk", name="Ki-ốt")
        session.add(second)
        session.flush()
        actions.grant_pairing(session, second, code, clock.now())
    assert client.post("/pair/claim").get_json() == {"url": "/kiosk/00070"}
    with database.reading() as session:
        assert session.get_one(Device, device).token_hash is None
