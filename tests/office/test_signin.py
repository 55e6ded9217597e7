"""Signing in, staying signed in, and being signed out."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from core.database import Database
from core.rights import ANONYMOUS
from office.models import AuditEntry, Office, Staff
from office.signin import Shown, who_are
from office.store import hashed
from tests.builders import PASSWORD, bearer, make_device, make_office, make_staff, make_token
from tests.pages import CheckedClient

SENT = {"username": "canbo1", "password": PASSWORD}


@pytest.fixture
def office(database: Database, app: Flask) -> Office:
    with database.transaction() as session:
        office = make_office(session)
        make_staff(session, office)
        return office


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def sign_in(client: CheckedClient, **changed: str):  # type: ignore[no-untyped-def]
    mark = csrf_of(client.page("/sign-in"))
    return client.post("/sign-in", data={"csrf_token": mark} | SENT | changed)


def test_an_officer_signs_in_and_goes_to_the_counter(client: CheckedClient, office: Office) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/counter/")


def test_who_was_on_the_way_to_a_page_comes_to_it(client: CheckedClient, office: Office) -> None:
    assert sign_in(client, next="/counter/?x=1").location == "/counter/?x=1"


@pytest.mark.parametrize("target", ["https://bad.example/", "//bad.example", "/\\bad.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client: CheckedClient, office: Office, target: str) -> None:
    assert sign_in(client, next=target).location == "/counter/"


@pytest.mark.parametrize("changed", [{"password": "sai"}, {"username": "khongco"}, {"username": ""}, {"password": "x" * 9000}])
def test_a_wrong_name_and_a_wrong_password_look_the_same(client: CheckedClient, office: Office, changed: dict[str, str]) -> None:
    answer = sign_in(client, **changed)
    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answer.get_data(as_text=True)


def test_what_was_typed_stays_but_never_the_password(client: CheckedClient, office: Office) -> None:
    page = sign_in(client, password="sai-mat-khau").get_data(as_text=True)
    assert 'value="canbo1"' in page
    assert "sai-mat-khau" not in page


def test_signing_in_without_the_forms_mark_is_refused(client: CheckedClient, office: Office) -> None:
    assert client.post("/sign-in", data=SENT).status_code == 400


def test_somebody_who_left_is_signed_out_at_the_next_request(client: CheckedClient, office: Office, database: Database) -> None:
    sign_in(client)
    with database.transaction() as session:
        session.query(Staff).update({"active": False})
    assert client.post("/sign-out").status_code in (401, 400)


def test_raising_the_epoch_signs_a_person_out_everywhere(client: CheckedClient, office: Office, database: Database) -> None:
    sign_in(client)
    with database.transaction() as session:
        session.query(Staff).update({"epoch": 1})
    assert client.post("/sign-out", headers={"Accept": "application/json"}).status_code == 401


def test_a_signing_in_is_written_down(client: CheckedClient, office: Office, database: Database) -> None:
    sign_in(client)
    with database.reading() as session:
        assert [entry.what for entry in session.query(AuditEntry)] == ["signed_in"]


def test_the_session_outlives_a_restart_of_the_server(client: CheckedClient, office: Office, app: Flask) -> None:
    import wsgi

    sign_in(client)
    cookie = client.get_cookie("dung_gio")
    assert cookie
    restarted = wsgi.create_app(app.extensions["dung-gio"].config, app.extensions["dung-gio"].clock)
    again = CheckedClient(restarted, restarted.response_class)
    again.set_cookie("dung_gio", cookie.value)
    page = again.get("/sign-in").get_data(as_text=True)
    assert again.post("/sign-out", data={"csrf_token": csrf_of(page)}).status_code == 302


def test_a_bearer_token_is_stored_hashed_and_can_be_revoked(app: Flask, office: Office, database: Database) -> None:
    from core.web import now
    from office import actions, store
    from office.models import ApiToken

    with app.app_context(), database.transaction() as session:
        staff = store.staff_by_username(session, "canbo1")
        assert staff
        token = actions.make_token(session, staff, now())
        session.flush()
        assert token not in {row.token_hash for row in session.query(ApiToken)}
        [found] = who_are(session, [Shown(bearer=hashed(token))])
        assert (found.kind, found.id) == ("staff", staff.id)
        session.query(ApiToken).update({"revoked_at": now()})
        assert who_are(session, [Shown(bearer=hashed(token))]) == [ANONYMOUS]


def test_a_revoked_device_is_nobody(app: Flask, office: Office, database: Database) -> None:
    from core.web import now
    from office import actions
    from office.models import Device

    with app.app_context(), database.transaction() as session:
        token = make_device(session, office)
        [found] = who_are(session, [Shown(device=hashed(token))])
        actions.revoke(session.get_one(Device, found.id), now())
        session.flush()
        assert who_are(session, [Shown(device=hashed(token))]) == [ANONYMOUS]


def test_a_bearer_token_needs_no_forms_mark(client: CheckedClient, office: Office, database: Database) -> None:
    with database.transaction() as session:
        token = make_token(session, session.query(Staff).one())
    assert client.post("/sign-out", headers=bearer(token)).status_code == 302
