"""Who loses the right to a room is sent no more of it within half a minute, and nobody else notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient
from itsdangerous import TimestampSigner
from sqlalchemy import update

from core.admission import REVIEWED_AT_ONCE
from core.database import Database
from core.feeds import Feed
from core.realtime import REVIEW_EVERY_S
from office.actor_store import SignIn
from office.models import ApiToken, Device, EndedSignIn, Office, Staff
from office.signin import DEVICE_COOKIE, Shown
from office.store import hashed
from tests import builders
from tests.builders import LONG_AGO
from tests.queries import counted

OFFICE = "00070"
MACHINES = Feed(
    "/machines",
    "office",
    ("kiosk",),
    lambda _session, key: key,
    lambda _session, _office, keys: {key: {"version": 0} for key in keys},
)


@dataclass
class Hall:
    """An office with two officers and two kiosks. Its realtime is asked by hand only."""

    app: Flask
    staff: list[int]
    tokens: list[str]
    kiosks: list[str]

    def join(self, namespace: str, headers: Mapping[str, str] | None = None, **cookies: Any) -> SocketIOTestClient:
        """A socket that has joined the office's room. `staff` is what the session says of a sign-in."""
        browser = self.app.test_client()
        if "staff" in cookies:
            with browser.session_transaction() as session:
                session["staff"] = cookies["staff"]
        if DEVICE_COOKIE in cookies:
            browser.set_cookie(DEVICE_COOKIE, cookies[DEVICE_COOKIE])
        socket: SocketIOTestClient = self.app.extensions["socketio"].test_client(
            self.app, namespace=namespace, headers=headers, flask_test_client=browser
        )
        socket.emit("join", {"office": OFFICE}, namespace=namespace)
        assert [event["name"] for event in socket.get_received(namespace) if event["name"] == "refused"] == []
        return socket

    def signed_in(self, which: int, mark: str = "mark") -> SocketIOTestClient:
        return self.join("/line", staff={"id": self.staff[which], "epoch": 0, "mark": f"{mark}-{which}"})

    def with_token(self, which: int) -> SocketIOTestClient:
        return self.join("/line", headers=builders.bearer(self.tokens[which]))

    def machine(self, which: int) -> SocketIOTestClient:
        return self.join("/machines", device=self.kiosks[which])

    def machine_with_token(self, which: int) -> SocketIOTestClient:
        return self.join("/machines", headers=builders.bearer(self.kiosks[which]))

    def review(self) -> None:
        self.app.extensions["realtime"].review()


@pytest.fixture
def hall(app: Flask, database: Database) -> Hall:
    with database.transaction() as session:
        office = builders.make_office(session)
        staff = [builders.make_staff(session, office, name) for name in ("canbo1", "canbo2")]
        made = Hall(
            app,
            [each.id for each in staff],
            [builders.make_token(session, each) for each in staff],
            [builders.make_device(session, office) for _each in staff],
        )
    app.extensions["realtime"].add(MACHINES)
    app.extensions["realtime"].close()
    return made


def of_staff(hall: Hall, **changed: Any) -> Any:
    return update(Staff).where(Staff.id == hall.staff[0]).values(changed)


REASONS: dict[str, tuple[Callable[[Hall, int], SocketIOTestClient], Callable[[Hall], Any]]] = {
    "signed out everywhere, or a new password": (Hall.signed_in, lambda hall: of_staff(hall, epoch=1)),
    "left": (Hall.signed_in, lambda hall: of_staff(hall, active=False)),
    "left, with a token": (Hall.with_token, lambda hall: of_staff(hall, active=False)),
    "another role": (Hall.signed_in, lambda hall: of_staff(hall, role="technician")),
    "another role, with a token": (Hall.with_token, lambda hall: of_staff(hall, role="technician")),
    "token revoked": (
        Hall.with_token,
        lambda hall: update(ApiToken).where(ApiToken.staff_id == hall.staff[0]).values(revoked_at=LONG_AGO),
    ),
    "device revoked": (
        Hall.machine,
        lambda hall: update(Device).where(Device.token_hash == hashed(hall.kiosks[0])).values(revoked_at=LONG_AGO),
    ),
    "device with a token revoked": (
        Hall.machine_with_token,
        lambda hall: update(Device).where(Device.token_hash == hashed(hall.kiosks[0])).values(revoked_at=LONG_AGO),
    ),
    "device of another kind": (
        Hall.machine,
        lambda hall: update(Device).where(Device.token_hash == hashed(hall.kiosks[0])).values(kind="display"),
    ),
}


@pytest.mark.parametrize("reason", REASONS)
def test_who_has_lost_the_right_is_sent_no_more_and_the_neighbour_stays(hall: Hall, database: Database, reason: str) -> None:
    enter, lose = REASONS[reason]
    goes, stays = enter(hall, 0), enter(hall, 1)
    hall.review()
    namespace = next(iter(goes.connected))
    assert goes.is_connected(namespace)
    with database.transaction() as session:
        session.execute(lose(hall))
    hall.review()
    assert not goes.is_connected(namespace)
    assert stays.is_connected(namespace)


def test_who_signs_out_on_one_browser_stays_on_the_other(hall: Hall, database: Database) -> None:
    goes, other_browser, stays = hall.signed_in(0), hall.signed_in(0, "other"), hall.signed_in(1)
    with database.transaction() as session:
        session.add(EndedSignIn(mark=hashed("mark-0"), ended_at=LONG_AGO))
    hall.review()
    assert [socket.is_connected("/line") for socket in (goes, other_browser, stays)] == [False, True, True]


def test_a_session_that_is_older_than_it_may_be_is_over(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    lives, begun = int(hall.app.permanent_session_lifetime.total_seconds()), 1_800_000_000
    time = {"now": begun}
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: time["now"])
    goes = hall.signed_in(0)
    time["now"] = begun + 60
    stays = hall.signed_in(1)
    time["now"] = begun + lives
    hall.review()
    assert goes.is_connected("/line"), "to its last second"
    time["now"] += 1
    hall.review()
    assert [socket.is_connected("/line") for socket in (goes, stays)] == [False, True]
    assert REVIEW_EVERY_S <= 30


def test_a_browser_whose_sign_in_is_over_is_still_the_device_it_was_paired_as(hall: Hall, database: Database) -> None:
    """As in a request: staff counts before the device, and the device where staff counts no more."""
    both = hall.join("/machines", staff={"id": hall.staff[0], "epoch": 7, "mark": "old"}, device=hall.kiosks[0])
    hall.review()
    assert both.is_connected("/machines")
    with database.transaction() as session:
        session.execute(of_staff(hall, epoch=7))
    hall.review()
    assert not both.is_connected("/machines"), "an officer, who is no kiosk"


def test_a_thousand_sockets_cost_two_statements_for_each_portion(hall: Hall, database: Database) -> None:
    """Half of them with tokens, half signed in, all of them known: nobody is looked up alone."""
    with database.transaction() as session:
        session.add_all(ApiToken(staff_id=hall.staff[0], token_hash=f"{n}", created_at=LONG_AGO) for n in range(500))
    realtime, closed = hall.app.extensions["realtime"], []
    realtime._socketio.server.disconnect = lambda sid, namespace: closed.append(sid)
    for n in range(500):
        realtime.admission.guarded["/line", f"with-token-{n}"] = Shown(bearer=f"{n}")
        realtime.admission.guarded["/line", f"signed-in-{n}"] = Shown(sign_in=SignIn(hall.staff[1], 0, f"{n}", 0, 2**40))
    with counted(database.engine) as asked:
        hall.review()
    statements = [each for each in asked if not each.startswith("BEGIN")]
    assert len(statements) <= 2 * 1000 / REVIEWED_AT_ONCE <= 8, statements
    assert closed == []
    with database.transaction() as session:
        session.add(EndedSignIn(mark="321", ended_at=LONG_AGO))
        session.execute(update(ApiToken).where(ApiToken.token_hash == "123").values(revoked_at=LONG_AGO))
    hall.review()
    assert closed == ["with-token-123", "signed-in-321"]


def test_an_office_is_only_asked_for_by_who_still_works(hall: Hall, database: Database) -> None:
    """What is looked up for many is what is looked up for one: a request is refused as well."""
    with database.transaction() as session:
        session.execute(of_staff(hall, active=False))
        assert session.query(Office).count() == 1
    answers = [
        hall.app.test_client().get(f"/api/v1/offices/{OFFICE}/line", headers=builders.bearer(token)).status_code
        for token in hall.tokens
    ]
    assert answers == [401, 200]
