"""What any page of any site may read, and what may be kept between."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import Database
from tests.builders import make_office

PUBLIC = (
    "/api/v1/offices",
    "/api/v1/offices/00070/services",
    "/api/v1/offices/00070/slots?service=A&day=2026-11-23",
    "/api/v1/openapi.json",
    "/feed.atom",
)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A program without cookies; there is one office."""
    database: Database = app.extensions["dung-gio"].database
    with database.transaction() as session:
        make_office(session)
    return app.test_client(use_cookies=False)


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_public_may_be_read_by_every_page_and_kept_for_a_moment(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=15"
    assert "Set-Cookie" not in answer.headers
    assert stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_that_came_with_a_cookie_or_a_token_is_kept(app: Flask, stranger: FlaskClient, path: str) -> None:
    with_cookie = app.test_client()
    with_cookie.set_cookie("lang", "en")
    language = f"{path}{'&' if '?' in path else '?'}lang=en"
    for answer in (with_cookie.get(path), stranger.get(path, headers={"Authorization": "Bearer x"}), stranger.get(language)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_a_refusal_can_be_read_too_and_is_not_kept(stranger: FlaskClient) -> None:
    answer = stranger.get("/api/v1/offices/99999/services")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (404, "*")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/o/00070/", "/api/v1/offices/00070/line", "/healthz"])
def test_nothing_else_is_shared(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "public" not in answer.headers["Cache-Control"]
