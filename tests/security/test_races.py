"""Two people, or one impatient one, do two things at the same moment: one thing happens, and the rest is told why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import httpx
import pytest
from sqlalchemy import func, select

from booking.models import Appointment, SlotPool, SlotUse
from core.database import Database
from office import actions
from office.actions import offer_pairing
from office.models import Counter, Device, Office
from queueing.models import Call, Ticket
from tests import conftest, running
from tests.builders import bearer, make_device, make_office, make_staff, make_token
from tests.conftest import MONDAY_MORNING
from tests.queueing.tickets import intervals_of

pytestmark = pytest.mark.slow
ROUNDS = 4
"""A race is run so often: each time in another order."""
SLOTS = [MONDAY_MORNING + timedelta(hours=hours) for hours in (1, 2, 3, 4)]

Send = Callable[[httpx.Client], httpx.Response]


@dataclass
class Ward:
    """An office with its server; `officer`, `colleague`, `head` and `kiosk` are headers."""

    url: str
    database: Database
    officer: dict[str, str]
    colleague: dict[str, str]
    head: dict[str, str]
    kiosk: dict[str, str]
    counters: list[int]
    kiosk_id: int

    def at_once(self, *sends: Send) -> list[httpx.Response]:
        """Send everything at the same moment, each from a browser of its own."""
        gate = Barrier(len(sends))

        def one(send: Send) -> httpx.Response:
            with httpx.Client(base_url=self.url, timeout=30) as client:
                client.get("/healthz")
                gate.wait()
                return send(client)

        with ThreadPoolExecutor(len(sends)) as people:
            answers = list(people.map(one, sends))
        for answer in answers:
            assert answer.status_code < 500, answer.text
        return answers

    def post(self, path: str, who: dict[str, str], **body: object) -> httpx.Response:
        return httpx.post(f"{self.url}/api/v1/{path}", json=body, headers=who)

    def book(self, at: datetime, phone: int) -> dict[str, str]:
        """A booking through the API."""
        body = {
            "service": "A",
            "starts_at": at.isoformat(),
            "name": "Nguyễn Thị Thử",
            "phone": f"09123{phone:05}",
            "consent": True,
        }
        answer = self.post("offices/00070/appointments", {}, **body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def ticket(self) -> int:
        """A walk-in's ticket."""
        return int(self.post("offices/00070/tickets", self.kiosk, service="A").json()["id"])

    def called(self) -> int:
        """A ticket called to the officer's counter."""
        self.ticket()
        return int(self.post(f"counters/{self.counters[0]}/call-next", self.officer).json()["ticket"]["id"])

    def consistent(self) -> None:
        """What must be true of the whole ward at any time."""
        with self.database.reading() as session:
            uses = session.scalars(select(SlotUse)).all()
            for booking in session.scalars(select(Appointment)):
                used = sum(use.minutes for use in uses if use.appointment_id == booking.id)
                assert used == (booking.minutes if booking.state == "booked" else 0), f"{booking.code}: {used} minutes"
            for pool in session.scalars(select(SlotPool)):
                used = sum(use.minutes for use in uses if use.slot_id == pool.slot_id)
                assert used <= pool.booked <= pool.capacity, f"{pool.slot_id}: {pool.booked} minutes, {used} used"
            for ticket in session.scalars(select(Ticket)):
                stretches = intervals_of(session, ticket)
                assert [stretch.to_at for stretch in stretches].count(None) == 1, ticket.label
                assert stretches[-1].state == ticket.state, ticket.label


def api(path: str, who: dict[str, str], **body: object) -> Send:
    return lambda client: client.post(f"/api/v1/{path}", json=body, headers=who)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder: Path = tmp_path_factory.mktemp("races")
    if request.param == "postgresql":
        cluster, template = request.getfixturevalue("postgresql_server"), request.getfixturevalue("postgresql_template")
        url = conftest.create_postgresql_database(cluster, f"races_{folder.name}", template)
    else:
        url = f"sqlite:///{folder / 'races.sqlite'}"
        (folder / "races.sqlite").write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
    with running.server(folder, DATABASE_URL=url) as served:
        database = Database(url)
        yield _ward(served.url, database)
        database.dispose()


def _ward(url: str, database: Database) -> Ward:
    with database.transaction() as session:
        office = make_office(session, counters=20)
        staff = [
            make_staff(session, office, "canbo1"),
            make_staff(session, office, "canbo2"),
            make_staff(session, office, "truong", "head"),
        ]
        tokens = [bearer(make_token(session, each)) for each in staff]
        kiosk = make_device(session, office)
        kiosk_id = session.scalars(select(Device.id)).one()
        counters = [counter.id for counter in office.counters[:3]]
    return Ward(url, database, tokens[0], tokens[1], tokens[2], bearer(kiosk), counters, kiosk_id)


@pytest.fixture
def ward(server: Ward) -> Iterator[Ward]:
    """The officer's counter open and nobody in the line; afterwards everything fits together."""
    with server.database.transaction() as session:
        for ticket in session.scalars(select(Ticket).where(Ticket.state.in_(("waiting", "called", "serving", "held", "missed")))):
            ticket.state, ticket.counter_id, intervals_of(session, ticket)[-1].state = "cancelled", None, "cancelled"
        for counter in session.scalars(select(Counter)):
            counter.state, counter.staff_id = "closed", None
        session.get_one(Office, 1).seq += 1
    assert server.post(f"counters/{server.counters[0]}/open", server.officer).status_code == 200
    yield server
    server.consistent()


def test_the_button_of_the_form_pressed_eight_times_books_once(ward: Ward) -> None:
    query = {"service": "A", "at": SLOTS[3].strftime("%Y-%m-%dT%H:%M")}
    page = httpx.get(f"{ward.url}/o/00070/confirm", params=query).text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    form = {**query, "name": "Nguyễn Thị Thử", "phone": "0912399999", "consent": "1", "key": key[1]}
    answers = ward.at_once(*[lambda client: client.post("/o/00070/book", data=form)] * 8)
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with ward.database.reading() as session:
        assert session.scalar(select(func.count()).where(Appointment.phone == "+84912399999")) == 1


def test_who_cancels_and_checks_in_at_once_does_one_of_both(ward: Ward) -> None:
    for turn in range(ROUNDS):
        token = ward.book(SLOTS[0], 100 + turn)["token"]
        answers = ward.at_once(
            lambda client, token=token: client.delete(f"/api/v1/appointments/{token}"),
            api("offices/00070/check-ins", ward.kiosk, qr=f"/a/{token}"),
        )
        assert sorted(answer.status_code < 400 for answer in answers) == [False, True]
        with ward.database.reading() as session:
            booking = session.scalars(select(Appointment).where(Appointment.token == token)).one()
            has_ticket = session.scalar(select(func.count()).where(Ticket.appointment_id == booking.id)) == 1
            assert has_ticket == (booking.state == "booked")


def test_one_booking_moved_to_two_hours_at_once_stands_at_one_of_them(ward: Ward) -> None:
    for turn in range(ROUNDS):
        token = ward.book(SLOTS[1], 200 + turn)["token"]
        answers = ward.at_once(
            *(api(f"appointments/{token}/move", {}, starts_at=at.isoformat()) for at in (SLOTS[2], SLOTS[3], SLOTS[2]))
        )
        assert {answer.status_code for answer in answers} == {200}
        ward.consistent()


def test_two_bookings_that_swap_their_hours_never_wait_for_each_other(ward: Ward) -> None:
    first, second = ward.book(SLOTS[1], 300)["token"], ward.book(SLOTS[2], 301)["token"]
    for _turn in range(ROUNDS):
        answers = ward.at_once(
            api(f"appointments/{first}/move", {}, starts_at=SLOTS[2].isoformat()),
            api(f"appointments/{second}/move", {}, starts_at=SLOTS[1].isoformat()),
        )
        assert {answer.status_code for answer in answers} == {200}
        first, second = second, first


def test_one_booking_checked_in_at_two_kiosks_gets_one_ticket(ward: Ward) -> None:
    for turn in range(ROUNDS):
        booked = ward.book(SLOTS[1], 400 + turn)
        answers = ward.at_once(*[api("offices/00070/check-ins", ward.kiosk, code=booked["code"])] * 4)
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        assert len({answer.json()["number"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("absent", "serve"),
        ("finish", "finish"),
        ("transfer", "finish"),
        ("cancel", "serve"),
        ("hold", "absent"),
        ("absent", "absent"),
    ],
)
def test_two_verbs_at_once_on_one_ticket(ward: Ward, first: str, second: str) -> None:
    for _turn in range(ROUNDS):
        ticket = ward.called()
        answers = ward.at_once(api(f"tickets/{ticket}/{first}", ward.officer), api(f"tickets/{ticket}/{second}", ward.head))
        assert any(answer.status_code == 200 for answer in answers)
        for answer in answers:
            assert answer.status_code in (200, 409), answer.text
        if first == second:
            assert sorted(answer.status_code for answer in answers) == [200, 409]
        ward.consistent()
        if ward.post(f"tickets/{ticket}/finish", ward.officer).status_code != 200:
            ward.post(f"tickets/{ticket}/cancel", ward.officer)


def test_one_counter_opened_by_two_has_one_officer(ward: Ward) -> None:
    for _turn in range(ROUNDS):
        free = ward.counters[1]
        answers = ward.at_once(
            *(api(f"counters/{free}/open", who) for who in (ward.colleague, ward.head, ward.colleague, ward.head))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
        assert ward.post(f"counters/{free}/close", ward.head).status_code == 200


def test_one_officer_who_opens_two_counters_sits_at_one(ward: Ward) -> None:
    for _turn in range(ROUNDS):
        answers = ward.at_once(*(api(f"counters/{counter}/open", ward.colleague) for counter in ward.counters[1:]))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        for counter in ward.counters[1:]:
            ward.post(f"counters/{counter}/close", ward.colleague)


def test_what_was_undone_and_called_on_at_once_leaves_one_person_at_the_counter(ward: Ward) -> None:
    for _turn in range(ROUNDS):
        ticket = ward.called()
        ward.ticket()
        assert ward.post(f"tickets/{ticket}/finish", ward.officer).status_code == 200
        answers = ward.at_once(
            api(f"tickets/{ticket}/undo", ward.officer), api(f"counters/{ward.counters[0]}/call-next", ward.officer)
        )
        assert answers[1].status_code == 200, answers[1].text
        with ward.database.reading() as session:
            here = session.scalars(
                select(Ticket).where(Ticket.counter_id == ward.counters[0], Ticket.state.in_(("called", "serving")))
            ).all()
            assert len(here) == 1
            live = session.scalars(select(Call).where(Call.ticket_id == here[0].id, Call.tier != "undone")).all()
            assert live
            assert live[-1].withdrawn_at is None


def test_a_kiosk_revoked_while_people_press_gives_no_number_afterwards(ward: Ward) -> None:
    with ward.database.transaction() as session:
        token = bearer(make_device(session, session.get_one(Office, 1)))
        newest = session.scalars(select(Device.id).order_by(Device.id.desc())).first()

    def revoke(client: httpx.Client) -> httpx.Response:
        with ward.database.transaction() as session:
            actions.revoke(session.get_one(Device, newest), datetime.now().astimezone())
        return client.post("/api/v1/offices/00070/tickets", json={"service": "A"}, headers=token)

    answers = ward.at_once(revoke, *[api("offices/00070/tickets", token, service="A")] * 6)
    assert answers[0].status_code == 401
    assert {answer.status_code for answer in answers} <= {201, 401}


def test_a_pairing_code_typed_on_four_machines_pairs_one(ward: Ward) -> None:
    for _turn in range(ROUNDS):
        with ward.database.transaction() as session:
            code = offer_pairing(session, session.get_one(Device, ward.kiosk_id), MONDAY_MORNING)
        answers = ward.at_once(*[lambda client, code=code: client.post("/pair/", data={"code": code})] * 4)
        assert sorted(answer.status_code for answer in answers) == [302, 404, 404, 404]
    ward.kiosk = {"Authorization": f"Bearer {next(a.cookies['device'] for a in answers if a.status_code == 302)}"}


def test_two_officers_who_call_the_same_person_out_of_turn(ward: Ward) -> None:
    assert ward.post(f"counters/{ward.counters[1]}/open", ward.colleague).status_code == 200
    for _turn in range(ROUNDS):
        ticket = ward.ticket()
        sends: Sequence[Send] = [
            api(f"counters/{counter}/call", who, ticket=ticket, reason="Cần gấp")
            for counter, who in ((ward.counters[0], ward.officer), (ward.counters[1], ward.colleague))
        ]
        answers = ward.at_once(*sends)
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert ward.post(f"tickets/{ticket}/finish", ward.head).status_code == 200
