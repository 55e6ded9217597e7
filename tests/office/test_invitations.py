"""A person gets a link, sets the own password once, and is signed out everywhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.clock import SetClock
from core.database import Database
from office import invitations
from office.actions import password_matches
from office.models import Staff
from tests.builders import make_office, make_staff
from tests.pages import CheckedClient

GOOD = "mot cau ngan de nho"


@pytest.fixture
def token(database: Database, app: Flask, clock: SetClock) -> str:
    with database.transaction() as session:
        return invitations.invite(session, make_staff(session, make_office(session)), by=None, now=clock.now())


def set_password(client: CheckedClient, token: str, password: str = GOOD, again: str | None = None) -> int:
    sent = {"password": password, "again": password if again is None else again}
    return client.post(f"/invite/{token}", data=sent).status_code


def member(database: Database) -> Staff:
    with database.reading() as session:
        return session.scalars(select(Staff)).one()


def test_the_password_is_set_once_and_ends_every_other_sign_in(client: CheckedClient, database: Database, token: str) -> None:
    before = member(database)
    assert "canbo1" in client.page(f"/invite/{token}")
    assert member(database).password_hash == before.password_hash
    with client.session_transaction() as cookie:
        cookie["staff"] = {"id": before.id, "epoch": before.epoch}
    assert client.get("/counter/choose").status_code == 200
    stranger = CheckedClient(client.application, client.application.response_class)
    assert set_password(stranger, token) == 302
    after = member(database)
    assert password_matches(after.password_hash, GOOD)
    assert client.get("/counter/choose").location.startswith("/sign-in")
    assert set_password(stranger, token, "mot mat khau khac") == 404
    assert client.get(f"/invite/{token}").status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("ngan", None, "ít nhất 10 ký tự"),
        ("x" * 201, None, "ít nhất 10 ký tự"),
        ("aaaaaaaaaaaa", None, "quá dễ đoán"),
        (GOOD, "khac han", "chưa giống nhau"),
    ],
)
def test_a_password_that_is_no_good_is_refused_and_the_link_stays(
    client: CheckedClient, database: Database, token: str, password: str, again: str | None, words: str
) -> None:
    sent = {"password": password, "again": password if again is None else again}
    answer = client.post(f"/invite/{token}", data=sent)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert password not in answer.get_data(as_text=True)
    assert set_password(client, token) == 302


@pytest.mark.parametrize("why", ["old", "replaced", "left", "wrong"])
def test_a_link_that_is_no_good_says_where_to_get_another(
    client: CheckedClient, database: Database, clock: SetClock, token: str, why: str
) -> None:
    with database.transaction() as session:
        person = session.scalars(select(Staff)).one()
        if why == "replaced":
            invitations.invite(session, person, by=None, now=clock.now())
        person.active = why != "left"
    if why == "old":
        clock.advance(timedelta(days=7, seconds=1))
    answer = client.get(f"/invite/{'x' * 43 if why == 'wrong' else token}")
    assert answer.status_code == 404
    assert "liên kết mới" in answer.get_data(as_text=True)
    assert set_password(client, "x" * 43 if why == "wrong" else token) == 404
