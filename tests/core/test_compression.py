"""What travels compressed, and what does not."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response, g, request

from core import compression
from core.database import Database
from core.rights import Actor
from tests.builders import make_office, make_staff
from tests.pages import CheckedClient

LONG = "Mời ông/bà đến quầy 3. " * 200
ASKS = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def bare() -> Flask:
    """An application that answers /<kind> with a long text, and does nothing else."""
    app = Flask("bare", static_folder=None)
    compression.install(app)

    @app.route("/<kind>", methods=["GET", "POST"])
    def answer(kind: str) -> Response:
        if kind == "staff":
            g.actor = Actor("staff", 1, "officer", "00070", "cookie")
        elif kind == "marked":
            g.csrf_token = "secret"
        response = Response(LONG if kind != "short" else "ok", 404 if kind == "missing" else 200)
        response.mimetype = {"picture": "image/png", "feed": "application/feed+json"}.get(kind, "text/html")
        if kind == "tagged":
            response.set_etag("of-the-text")
            response.make_conditional(request)
        return response

    return app


@pytest.mark.parametrize("kind", ["page", "feed", "tagged"])
def test_text_for_everybody_travels_compressed(bare: Flask, kind: str) -> None:
    answer = bare.test_client().get(f"/{kind}", headers=ASKS)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.vary
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(LONG) / 5
    assert gzip.decompress(answer.data).decode() == LONG


@pytest.mark.parametrize("kind", ["staff", "marked", "missing", "short", "picture"])
def test_what_is_secret_short_or_no_text_travels_as_it_is(bare: Flask, kind: str) -> None:
    assert "Content-Encoding" not in bare.test_client().get(f"/{kind}", headers=ASKS).headers


def test_the_answer_to_a_form_travels_as_it_is(bare: Flask) -> None:
    assert "Content-Encoding" not in bare.test_client().post("/page", headers=ASKS).headers


@pytest.mark.parametrize("asks", [None, "", "identity", "br", "gzip;q=0", "gzip;q=0, *"])
def test_who_does_not_ask_for_gzip_gets_plain_text(bare: Flask, asks: str | None) -> None:
    answer = bare.test_client().get("/page", headers={"Accept-Encoding": asks} if asks is not None else {})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.vary, "a cache would give the plain one to everybody, or the other way round"
    assert answer.text == LONG


def test_the_head_of_an_answer_is_the_same_without_its_body(bare: Flask) -> None:
    head, whole = (bare.test_client().open("/page", method=method, headers=ASKS) for method in ("HEAD", "GET"))
    assert head.data == b""
    assert list(head.headers) == list(whole.headers)


def test_who_has_the_compressed_answer_is_told_that_it_still_holds(bare: Flask) -> None:
    tag = bare.test_client().get("/tagged", headers=ASKS).headers["ETag"]
    assert tag == 'W/"of-the-text"'
    again = bare.test_client().get("/tagged", headers=ASKS | {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_city_page_is_compressed_for_strangers_and_holds_no_mark(client: CheckedClient) -> None:
    answer = client.get("/?q=hoan", headers={"Accept-Encoding": "identity"})
    assert "csrf" not in answer.text
    assert "Set-Cookie" not in answer.headers, "who only looks is given nothing to carry"
    assert client.application.test_client().get("/?q=hoan", headers=ASKS).headers["Content-Encoding"] == "gzip"


def test_the_same_page_is_not_compressed_for_who_is_signed_in(client: CheckedClient, database: Database) -> None:
    with database.transaction() as session:
        staff = make_staff(session, make_office(session))
    with client.session_transaction() as cookie:
        cookie["staff"] = {"id": staff.id, "epoch": staff.epoch}
    answer = client.get("/?q=hoan", headers=ASKS)
    assert "Content-Encoding" not in answer.headers
    assert 'name="csrf-token"' in answer.text


def test_a_page_whose_form_carries_a_mark_is_not_compressed(client: CheckedClient) -> None:
    answer = client.get("/sign-in?next=/counter/", headers=ASKS)
    assert 'name="csrf_token"' in answer.text
    assert "Content-Encoding" not in answer.headers
