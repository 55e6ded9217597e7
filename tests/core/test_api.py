"""The JSON API's manners: problems, keys, limits, a document from the code. A small call of the test's own stands for all."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask
from pydantic import BaseModel
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.api import Body, Text, endpoint
from core.database import Database
from core.refusals import Refusal
from core.rights import requires
from office.models import Office
from tests.builders import bearer, make_device, make_office, make_staff, make_token
from tests.pages import CheckedClient


class Bell(Body):
    name: Text
    times: int = 1


class Rung(BaseModel):
    name: str
    seq: int


class BellBroken(Refusal):
    code = "bell_broken"

    def sentence(self) -> str:
        return "Chuông hỏng. Hãy gọi bằng lời."


@pytest.fixture(autouse=True)
def bell(app: Flask, database: Database) -> None:
    blueprint = Blueprint("bell", __name__, url_prefix="/api/v1")

    @blueprint.post("/offices/<office>/bell")
    @requires("officer", "kiosk")
    @endpoint(summary="Ring", body=Bell, answers={201: Rung})
    def ring(session: Session, office: str, body: Bell) -> tuple[Rung, int]:
        seq = session.execute(
            update(Office).where(Office.code == office).values(seq=Office.seq + 1).returning(Office.seq)
        ).scalar_one()
        if body.name == "hỏng":
            raise BellBroken()
        return Rung(name=body.name, seq=seq), 201

    def asked(session: Session, office: str, body: Bell) -> str:
        with database.transaction():  # another writer comes in: nothing is locked yet
            return f"{body.name} in {office}"

    @blueprint.post("/offices/<office>/bell/asked")
    @requires("officer")
    @endpoint(summary="Ask, then ring", body=Bell, answers={201: Rung}, before=asked)
    def ring_after_asking(session: Session, office: str, body: Bell, known: str) -> Rung:
        return Rung(name=known, seq=body.times)

    app.register_blueprint(blueprint)
    with database.transaction() as session:
        make_office(session, "00082")
        make_office(session, "00070")


@pytest.fixture
def officer(database: Database) -> dict[str, str]:
    with database.transaction() as session:
        return bearer(make_token(session, make_staff(session, session.query(Office).filter_by(code="00070").one())))


RING = "/api/v1/offices/00070/bell"


def test_a_call_answers_what_its_model_says(client: CheckedClient, officer: dict[str, str]) -> None:
    answer = client.post(RING, json={"name": " chuo\u0302ng "}, headers=officer)
    assert (answer.status_code, answer.json) == (201, {"name": "chuông", "seq": 1})


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, "name"),
        ({"name": 5}, "name"),
        ({"name": "x" * 5000}, "name"),
        ({"name": "a", "times": "many"}, "times"),
        ([], "body"),
    ],
)
def test_what_cannot_be_used_is_named_in_a_problem(
    client: CheckedClient, officer: dict[str, str], sent: object, wrong: str
) -> None:
    answer = client.post(RING, json=sent, headers=officer)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json
    assert answer.json["code"] == "invalid"
    assert wrong in answer.json["errors"]
    assert answer.json["detail"]


def test_broken_json_is_a_problem_not_a_crash(client: CheckedClient, officer: dict[str, str]) -> None:
    assert client.post(RING, data=b"{", headers=officer).status_code == 422


def test_a_refusal_is_a_problem_with_its_code_and_undoes_everything(
    client: CheckedClient, officer: dict[str, str], database: Database
) -> None:
    answer = client.post(RING, json={"name": "hỏng"}, headers=officer)
    assert answer.status_code == 409
    assert answer.json
    assert (answer.json["code"], answer.json["detail"]) == ("bell_broken", "Chuông hỏng. Hãy gọi bằng lời.")
    with database.reading() as session:
        assert session.query(Office).filter_by(code="00070").one().seq == 0


def test_a_double_press_with_one_key_is_one_action(client: CheckedClient, officer: dict[str, str]) -> None:
    keyed = officer | {"Idempotency-Key": "press-1"}
    first = client.post(RING, json={"name": "a"}, headers=keyed)
    again = client.post(RING, json={"name": "a"}, headers=keyed)
    other = client.post(RING, json={"name": "a"}, headers=officer | {"Idempotency-Key": "press-2"})
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert other.json == {"name": "a", "seq": 2}


def test_what_takes_long_is_asked_before_the_transaction_begins(client: CheckedClient, officer: dict[str, str]) -> None:
    answer = client.post("/api/v1/offices/00070/bell/asked", json={"name": "ngắn"}, headers=officer)
    assert answer.json == {"name": "ngắn in 00070", "seq": 1}


def test_a_key_used_for_something_else_is_refused(client: CheckedClient, officer: dict[str, str]) -> None:
    keyed = officer | {"Idempotency-Key": "press-1"}
    client.post(RING, json={"name": "a"}, headers=keyed)
    answer = client.post(RING, json={"name": "b"}, headers=keyed)
    assert (answer.status_code, answer.json and answer.json["code"]) == (422, "key_reused")


def test_only_successes_are_kept(client: CheckedClient, officer: dict[str, str]) -> None:
    keyed = officer | {"Idempotency-Key": "press-1"}
    assert client.post(RING, json={"name": "hỏng"}, headers=keyed).status_code == 409
    assert client.post(RING, json={"name": "a"}, headers=keyed).status_code == 201


def test_who_may_and_who_may_not(client: CheckedClient, database: Database) -> None:
    with database.transaction() as session:
        here = session.query(Office).filter_by(code="00070").one()
        there = session.query(Office).filter_by(code="00082").one()
        kiosk, display = make_device(session, here), make_device(session, here, "display")
        elsewhere = make_device(session, there)
        helper = make_token(session, make_staff(session, here, "huongdan", "helper"))
        city = make_token(session, make_staff(session, None, "quantri", "city"))
    statuses = {
        name: client.post(RING, json={"name": "a"}, headers=bearer(token)).status_code
        for name, token in {
            "kiosk": kiosk, "display": display, "elsewhere": elsewhere, "helper": helper, "city": city, "stranger": "x" * 43,
        }.items()
    }
    assert statuses == {"kiosk": 201, "display": 403, "elsewhere": 403, "helper": 403, "city": 201, "stranger": 401}


def test_a_call_for_people_who_are_not_there_is_a_problem_too(client: CheckedClient) -> None:
    for path, status in (("/api/v1/nothing", 404), ("/api/v1/openapi.json", 405)):
        answer = client.post(path)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_the_document_is_made_from_the_code(client: CheckedClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document
    assert document["openapi"].startswith("3.1")
    ring = document["paths"]["/api/v1/offices/{office}/bell"]["post"]
    assert ring["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Bell")
    assert set(ring["responses"]) == {"201", "default"}
    assert "Idempotency-Key" in [parameter["name"] for parameter in ring["parameters"]]
    assert "Rung" in document["components"]["schemas"]
    client.page("/api/v1/")


def test_the_page_of_a_stranger_is_limited_with_a_time_to_wait(app: Flask, client: CheckedClient) -> None:
    answers = [client.post("/sign-in", data={"username": "x"}, headers={"Accept": "application/json"}) for _ in range(31)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert not any("Retry-After" in answer.headers for answer in answers if answer.status_code != 429)
    assert answers[-1].json
    assert answers[-1].json["code"] == "too_many"
