"""The doors of the house: headers, cookies, sign-in, limits and files."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

import wsgi
from core.clock import SetClock
from core.config import load_config
from core.pages import limiter
from tests.builders import PASSWORD
from tests.security.conftest import ON_ONE_DATABASE, Ward

pytestmark = ON_ONE_DATABASE


def sign_in(ward: Ward, username: str = "canbo", password: str = PASSWORD, **headers: str):  # type: ignore[no-untyped-def]
    sent = {"username": username, "password": password, "csrf_token": ward.mark()}
    return ward.client.post("/sign-in", data=sent, headers=headers)


# --- headers and files --------------------------------------------------------------------------------------------------


def test_every_answer_forbids_frames_foreign_scripts_and_guessing_of_types(ward: Ward) -> None:
    paths = ["/", "/sign-in", "/pair/", "/no-such-page", "/counter/", "/api/v1/offices", "/api/v1/none",
             "/api/v1/offices/00070/line",
             "/static/core/base.css", "/static/core/none.css", "/healthz", "/readyz", "/api/v1/openapi.json", "/o/00070",
             f"/a/{ward.secrets['booking']}", f"/a/{ward.secrets['booking']}.ics",
             f"/a/{ward.secrets['booking']}/qr.svg"]  # fmt: skip
    for path in paths:
        for method in ("GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE"):
            headers = ward.client.open(path, method=method).headers
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], f"{method} {path}"
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin", "a booking's address must not travel to other sites"
            for_every_site = path in ("/api/v1/offices", "/api/v1/openapi.json") and method in ("GET", "HEAD")
            assert ("Access-Control-Allow-Origin" in headers) == for_every_site, f"{method} {path}"
            assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("folder", ["/static/core", "/static/display", "/booking/static", "/kiosk/static", "/counter/static"])
def test_no_file_outside_the_served_folders_is_given(ward: Ward, folder: str) -> None:
    for path in ("../wsgi.py", "../../wsgi.py", "%2e%2e/%2e%2e/wsgi.py", "..%2f..%2fsetup.cfg", "....//wsgi.py",
                 "/etc/passwd", "//etc/passwd",
                 "%00", "..\\wsgi.py", "%5c..%5cwsgi.py", ".", "%2e", "x" * 5000, "templates/../../core/config.py"):  # fmt: skip
        assert ward.client.get(f"{folder}/{path}").status_code in (404, 308), path


def test_cookies_are_closed_to_scripts_and_go_by_https_only_where_the_site_does(
    tmp_path: Path, database_url: str, clock: SetClock, ward: Ward
) -> None:
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "PUBLIC_URL": "https://ward.example", "SECRET_KEY": "x"}
    client = FlaskClient(wsgi.create_app(load_config(environ), clock))
    mark = client.get("/sign-in").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    signed = client.post("/sign-in", data={"username": "canbo", "password": PASSWORD, "csrf_token": mark},
                         headers={"Referer": "https://ward.example/sign-in"})  # fmt: skip
    paired = FlaskClient(client.application).post("/pair/", data={"code": ward.secrets["pairing"]})
    language = client.get("/?lang=en")
    for answer in (signed, paired, language):
        assert answer.headers.getlist("Set-Cookie")
        for cookie in answer.headers.getlist("Set-Cookie"):
            for wanted in ("HttpOnly", "SameSite=", "Secure"):
                assert wanted in cookie, cookie


# --- signing in and out -------------------------------------------------------------------------------------------------


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(ward: Ward) -> None:
    assert sign_in(ward).status_code == 302
    kept = ward.client.get_cookie("dung_gio")
    assert kept
    assert ward.client.post("/sign-out", data={"csrf_token": ward.mark()}).status_code == 302
    ward.client.set_cookie("dung_gio", kept.value)
    assert ward.client.get("/api/v1/offices/00070/line").status_code == 401


def test_signing_out_on_one_browser_leaves_the_other_signed_in(ward: Ward) -> None:
    assert sign_in(ward).status_code == 302
    first, ward.client = ward.client, FlaskClient(ward.app, ward.app.response_class)
    assert sign_in(ward).status_code == 302
    assert ward.client.post("/sign-out", data={"csrf_token": ward.mark()}).status_code == 302
    assert first.get("/api/v1/offices/00070/line").status_code == 200


def test_a_forged_or_cut_session_is_nobody(ward: Ward) -> None:
    assert sign_in(ward).status_code == 302
    good = ward.client.get_cookie("dung_gio")
    assert good
    for bad in (good.value[:-1], good.value[5:], "x" + good.value, good.value.rsplit(".", 1)[0], "....", ""):
        ward.nobody()
        ward.client.set_cookie("dung_gio", bad)
        assert ward.client.get("/api/v1/offices/00070/line").status_code == 401


def test_a_session_never_comes_from_a_cookie_somebody_else_planted(ward: Ward) -> None:
    before = ward.mark()
    assert sign_in(ward).status_code == 302
    assert ward.client.post("/sign-out", data={"csrf_token": before}).status_code == 400


# --- limits -------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _fresh_limits(ward: Ward) -> None:
    with ward.app.app_context():
        limiter.reset()


def tries_until_refused(ward: Ward, most: int = 40, **headers: str) -> int:
    for done in range(most):
        answer = sign_in(ward, password="sai", **headers)
        if answer.status_code == 429:
            assert int(answer.headers["Retry-After"]) > 0
            assert "chờ" in answer.get_data(as_text=True)
            return done
    return most


def test_guessing_passwords_is_stopped_with_how_long_to_wait(ward: Ward) -> None:
    assert tries_until_refused(ward) <= 30


def test_a_made_up_address_of_origin_does_not_lift_the_limit(ward: Ward) -> None:
    refused = 0
    for number in range(40):
        spoofed = {"X-Forwarded-For": f"10.1.2.{number}", "X-Real-IP": f"10.1.2.{number}", "Forwarded": f"for=10.1.2.{number}"}
        refused += sign_in(ward, password="sai", **spoofed).status_code == 429
    assert refused >= 10


@pytest.mark.parametrize("who", ["staff", "kiosk"])
def test_who_is_known_may_not_guess_passwords_and_codes_without_end_either(ward: Ward, who: str) -> None:
    if who == "staff":
        ward.sign_in("huongdan")
    else:
        ward.be_device("kiosk")
    assert tries_until_refused(ward) <= 30
    codes = [ward.client.post("/pair/", data={"code": "SAISAI", "csrf_token": ward.mark()}).status_code for _try in range(40)]
    assert 429 in codes


def test_a_hall_behind_one_address_is_not_stopped(ward: Ward) -> None:
    for _person in range(700):
        assert ward.client.get("/healthz").status_code == 200
