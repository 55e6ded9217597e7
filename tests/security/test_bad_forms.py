"""Every page and form with everything that can be wrong in it: a page with a sentence, and nothing half done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle, product
from typing import Any

import pytest
from werkzeug.test import TestResponse

from booking.impact_rules import fingerprint
from core.pages import limiter
from tests.builders import PASSWORD
from tests.security.conftest import ON_ONE_DATABASE, PERSON, Ward
from tests.security.test_bad_calls import BAD_PATH_PARTS, BAD_TEXTS, MORE_BAD_PATH_PARTS, MORE_BAD_TEXTS, tried

FIELDS = {"service": "A", "at": "2026-11-23T11:00", "name": PERSON, "phone": "0912345670", "consent": "1", "key": "mot-lan"}
COMPANION = {"person": PERSON, "person_service": "A"}
WAITING = {"service": "B", "day": "2026-11-23"}
WEEK = {f"day{number}": "08:00-12:00" for number in range(7)}
DAY = {"on": "2026-12-24", "kind": "hours", "hours": "08:00-11:00", "note": "Họp"}
SERVICE = {"name": "Chứng thực", "field": "Tư pháp", "prefix": "A", "minutes": "8", "documents": "Căn cước", "places": "2"}
KIOSK = {"code": "", "kind": "kiosk", "name": "Máy 2", "on_site": "1", "printer_key": ""}
TEXTS = {"notice": "Nghỉ", "until": "2026-11-23T17:00", "guidance": "Mời ngồi", "address": ""}
PRINTER = {"name": "Máy in 2", "kind": "network", "address": "192.168.1.50", "width": "576"}
OFFICE_FILE = '{"format": "dung-gio/office-setup", "version": 1, "hours": {"0": ["08:00-11:30"]}}'
NOBODY_LOST = fingerprint([])
"""The mark of the list of lost hours when there are none: what the head has seen."""


@dataclass(frozen=True)
class Form:
    """A page or form that works: in its path {device}, {token_booking}, ... stand for what the ward has."""

    path: str
    who: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


FORMS = (
    Form("/", query={"q": "thu", "lang": "en"}),
    Form("/feed.atom", query={"lang": "en"}),
    Form("/o/00070/", query={"q": "khai", "service": "A"}),
    Form("/o/00070/time", query={"service": "A", "day": "2026-11-23", "at": "2026-11-23T11:00"}),
    Form("/o/00070/confirm", query={"service": "A", "at": "2026-11-23T11:00"}),
    Form("/o/00070/time", sent=FIELDS | {"day": "2026-11-23"}),
    Form("/o/00070/confirm", sent=FIELDS),
    Form("/o/00070/confirm", sent={"service": "A", "at": FIELDS["at"], "add": "1", "drop": "1"} | COMPANION),
    Form("/o/00070/book", sent=FIELDS),
    Form("/o/00070/book", sent=FIELDS | COMPANION | {"hold": "khong-co", "phone_code": "123456", "resend": "1", "lang": "vi"}),
    Form("/o/00070/wait", query=WAITING),
    Form("/o/00070/wait", sent=FIELDS | WAITING),
    Form("/o/00070/wait", sent=WAITING | {"ask": "1"}),
    Form("/w/{token_patient}", query={"lang": "en"}),
    Form("/w/{token_patient}/accept", sent={"x": "1"}),
    Form("/w/{token_patient}/leave", sent={"x": "1"}),
    Form("/w/{token_patient}/erase", sent={"x": "1"}),
    Form("/o/00070/find"),
    Form("/o/00070/find", sent={"code": "ACDEFG", "phone": "0912345670"}),
    Form("/a/{token_booking}", query={"moved": "1"}),
    Form("/a/{token_booking}/qr"),
    Form("/a/{token_booking}/erase"),
    Form("/a/{token_booking}/erase", sent={"x": "1"}),
    Form("/a/{token_booking}.ics"),
    Form("/a/{token_booking}/qr.svg"),
    Form("/a/{token_booking}/cancel"),
    Form("/a/{token_booking}/cancel", sent={"x": "1"}),
    Form("/a/{token_booking}/move", query={"day": "2026-11-23"}),
    Form("/a/{token_booking}/move", sent={"at": "2026-11-23T12:00"}),
    Form("/kiosk/arrived/{token_booking}", sent={"x": "1"}),
    Form("/t/{token_ticket}", query={"lang": "en"}),
    Form("/t/{token_ticket}/cancel", sent={"x": "1"}),
    Form("/t/{token_ticket}/rating", sent={"score": "5"}),
    Form("/display/00070"),
    Form("/display/00070/voice", who="kythuat"),
    Form("/display/00070/said/00000000000000000000000000000000.wav"),
    Form("/display/00070/clips/0123456789abcdef/vi/before"),
    Form("/kiosk/00070", who="canbo"),
    Form("/kiosk/00070/qr/t/abcdefgh.svg", who="canbo"),
    Form("/kiosk/00070/qr/hour.svg", who="canbo", query={"service": "A", "at": "2026-11-24T08:00"}),
    Form("/pair/ABCDEFGH"),
    Form("/pair/", sent={"code": "ABCDEFGH"}),
    Form("/sign-in", query={"next": "/counter/"}),
    Form("/sign-in", sent={"username": "canbo", "password": "sai", "next": "/counter/"}),
    Form("/counter/", who="canbo"),
    Form("/counter/choose", who="canbo"),
    Form("/door/", who="huongdan"),
    Form("/office/", who="quantri", query={"office": "00070"}),
    Form("/office/00070/", who="truong"),
    Form("/office/00070/notice", who="truong", sent={"notice": "Hôm nay đông"}),
    Form("/office/00070/publish", who="truong", sent={"published": "1"}),
    Form("/office/00070/devices", who="truong"),
    Form("/office/00070/devices", who="truong", sent=KIOSK),
    Form("/office/00070/devices/{device}", who="kythuat"),
    Form("/office/00070/devices/{device}", who="kythuat", sent={"name": "Máy 2", "screen_mm": "520", "offices": "00070"}),
    Form("/office/00070/devices/{device}/pair", who="truong", sent={"code": "ACEFHJKL"}),
    Form("/office/00070/services", who="truong"),
    Form("/office/00070/services/order", who="truong", sent={"code": "B", "move": "top"}),
    Form("/office/00070/services/add", who="truong", query={"q": "khai"}),
    Form("/office/00070/services/new", who="truong", query={"procedure": ""}),
    Form("/office/00070/services/new", who="truong", sent=SERVICE),
    Form("/office/00070/services/A", who="truong"),
    Form("/office/00070/services/A", who="truong", sent=SERVICE),
    Form("/office/00070/counters", who="truong"),
    Form("/office/00070/counters", who="truong", sent={"number": "7", "name": "Cư trú"}),
    Form("/office/00070/counters/{counter}", who="truong"),
    Form("/office/00070/counters/{counter}", who="truong", sent={"name": "Cư trú", "take:A": "1", "place:A": "2", "take:B": "1"}),
    Form("/office/00070/counters/{free_counter}/retire", who="truong", sent={"seen": NOBODY_LOST}),
    Form("/office/00070/staff", who="truong"),
    Form("/office/00070/staff", who="truong", sent={"username": "lan", "name": "Lan", "role": "officer", "may_pick": "1"}),
    Form("/office/00070/staff/{member}", who="truong"),
    Form("/office/00070/staff/{member}", who="truong", sent={"name": "Lan", "role": "officer", "may_pick": "1"}),
    *(Form(f"/office/00070/staff/{{member}}/{verb}", who="truong", sent={"x": "1"}) for verb in ("invite", "leave", "return")),
    Form("/invite/{token_booking}"),
    Form("/invite/{token_booking}", sent={"password": "mot cau ngan", "again": "mot cau ngan"}),
    Form("/pair/"),
    Form("/pair/claim", sent={"x": "1"}),
    Form("/office/00070/texts", who="truong"),
    Form("/office/00070/texts", who="truong", sent=TEXTS),
    Form("/office/00070/settings", who="truong"),
    Form("/office/00070/settings", who="truong", sent={"guard": "30", "book_from": "07:00", "call_sentence": "{so} {quay}"}),
    Form("/office/00070/settings", who="truong", sent={"reset": "guard"}),
    Form("/office/00070/changes", who="truong", query={"before": "3"}),
    Form("/office/00070/changes/{n}/undo", who="truong", sent={"seen": NOBODY_LOST}),
    Form("/office/00070/devices/{device}/revoke", who="truong", sent={"x": "1"}),
    Form("/office/00070/printers/{printer}/test", who="truong", sent={"x": "1"}),
    Form("/printers/", who="quantri", query={"office": "00070"}),
    Form("/printers/00070/", who="kythuat"),
    Form("/printers/00070/add", who="kythuat", sent=PRINTER),
    Form("/printers/00070/{printer}/change", who="kythuat", sent=PRINTER),
    Form("/printers/00070/{printer}/test", who="kythuat", sent={"x": "1"}),
    Form("/printers/00070/{printer}/fallback", who="kythuat", sent={"fallback": ""}),
    Form("/printers/00070/{printer}/remove", who="kythuat", sent={"x": "1"}),
    Form("/printers/00070/{printer}/put-back", who="kythuat", sent={"x": "1"}),
    Form("/printers/00070/kiosks/{device}", who="kythuat", sent={"printer_key": "00070/kiosk-1"}),
    Form("/printers/00070/jobs/{job}/reprint", who="kythuat", sent={"x": "1"}),
    Form("/office/00070/hours", who="truong"),
    Form("/office/00070/hours", who="truong", sent=WEEK | {"seen": NOBODY_LOST}),
    Form("/office/00070/counters/{counter}/hours", who="truong"),
    Form("/office/00070/counters/{counter}/hours", who="truong", sent=WEEK | {"planned": "1", "own": "1", "seen": NOBODY_LOST}),
    Form("/office/00070/days", who="truong"),
    Form("/office/00070/days", who="truong", sent=DAY | {"seen": NOBODY_LOST}),
    Form("/office/00070/days", who="truong", sent=DAY | {"kind": "works_as", "as_weekday": "0"}),
    Form("/office/00070/days", who="truong", query={"month": "2026-12", "day": "2026-12-24"}),
    Form("/office/today", who="quantri", query={"office": "00070"}),
    Form("/office/00070/today", who="truong"),
    Form("/office/start", who="quantri", query={"office": "00070"}),
    Form("/office/00070/start", who="truong"),
    *(Form(f"/office/00070/start/{step}", who="truong") for step in ("fields", "counters", "hours", "people", "publish")),
    Form("/office/00070/start/unit", who="truong", sent={"address": "Số 1", "hotline": "1022", "technician": ""}),
    Form("/office/00070/start/fields", who="truong", sent={"field:Tư pháp": "1", "back": "1"}),
    Form("/office/00070/start/counters", who="truong", sent={"number": "2", "take:1:Tư pháp": "1", "take:2:Tư pháp": "1"}),
    Form("/office/00070/start/hours", who="truong", sent={"usual": "08:00-11:30", "saturday": "1", "seen": NOBODY_LOST}),
    Form("/office/00070/start/people", who="truong", sent={"name:0": "Lan", "role:0": "officer"}),
    Form("/office/00070/start/devices", who="truong", sent={"kiosk": "", "display": "ACEFHJKL"}),
    Form("/office/00070/start/printer", who="truong", sent={"address": "192.168.1.50"}),
    Form("/office/00070/file", who="truong"),
    Form("/office/00070/file.json", who="truong"),
    Form("/office/00070/file", who="truong", sent={"file": OFFICE_FILE, "seen": NOBODY_LOST}),
    Form("/office/template", who="quantri"),
    Form("/office/template", who="quantri", sent={"file": OFFICE_FILE, "who": "open", "section:hours": "1", "seen:00070": "x"}),
    Form("/office/fleet", who="quantri", query={"office": "00070", "fault": "clock", "order": "since", "all": "1"}),
    Form("/office/fleet/revoke", who="quantri", sent={"device": "1", "sure": "1"}),
    Form("/office/00070/stops", who="truong"),
    Form("/office/00070/stops", who="truong", sent={"field": "Tư pháp", "reason": "Mất điện"}),
    Form("/office/00070/stops", who="truong", sent={"field": "*", "reason": "Mất điện", "seen": NOBODY_LOST}),
    Form("/office/00070/stops/{stop}/lift", who="truong", sent={"x": "1"}),
    Form("/counter/day", who="truong", query={"on": "2026-11-23"}),
    Form("/door/bookings", who="huongdan"),
    Form("/office/00070/calls", who="huongdan"),
    Form("/office/00070/calls/{entry}/called", who="huongdan", sent={"called": "1"}),
    Form("/office/00070/calls/{entry}/move", who="huongdan", sent={"at": "2026-11-23T11:00"}),
    Form("/office/00070/calls/{entry}/open", who="huongdan", sent={"x": "1"}),
    Form("/office/00070/bookings", who="truong"),
    Form("/reports/", who="truong", query={"since": "2026-11-23", "until": "2026-11-23", "office": "00070"}),
    Form("/reports/suggestions", who="truong", query={"office": "00070"}),
    Form("/reports/log", who="truong", query={"day": "2026-11-23", "office": "00070", "all": "1"}),
    Form("/reports/log.csv", who="quantri", query={"day": "2026-11-23", "office": "00070"}),
    Form("/reports/figures.csv", who="quantri", query={"since": "2026-11-23", "office": "00070", "sheet": "days"}),
    Form("/reports/officers", who="truong", query={"since": "2026-11-23", "until": "2026-11-23", "office": "00070"}),
    Form("/reports/officers.csv", who="truong", query={"since": "2026-11-23", "until": "2026-11-23", "office": "00070"}),
    Form("/reports/city", who="quantri", query={"since": "2026-11-23", "until": "2026-11-23", "sort": "wait"}),
    Form("/reports/city.csv", who="quantri", query={"since": "2026-11-23", "until": "2026-11-23", "sheet": "days"}),
)  # fmt: skip

BAD_IN_FORMS = (*BAD_TEXTS, "2147483648", "-1", "1" * 5000, "0001-01-01", "9999-12-31T23:59", "25:00-26:00")
MORE_BAD_IN_FORMS = (
    *MORE_BAD_TEXTS, "00071", "2026-W48-1", "08:00-", "08:00-12:00 11:00-13:00", "12:00-08:00", "//evil.example",
    "/\\evil.example", "https://evil.example",
)  # fmt: skip
A_DATABASE_MINDS = ("a\0b", "\ud800", "2147483648", "9999-12-31", "1" * 5000)
"""What PostgreSQL refuses and SQLite does not, or the other way round."""
MOST_FIELDS = 4
"""Of a form with more, the last ones are tried: the days of a week are alike."""
NAMES_SOMETHING = re.compile(r"[{0-9A-Z]|abcdefgh|^(vi|before|fields|unit)$")
"""A part of an address that stands for a row: what stands there instead of a fixed word leads to no form at all."""
CALCULATED = str(89 * 97 * 991)
"""What a template that ran what was typed would show: too long to stand in a random token by chance."""
NO_TEXT = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _path(ward: Ward, path: str) -> str:
    return path.format(**ward.ids, **{f"token_{name}": value for name, value in ward.secrets.items()})


def _send(ward: Ward, form: Form, mark: str, path: str = "", **changed: Any) -> TestResponse:
    """Send a form as a browser does, with the CSRF mark of the page it stands on: each as the first of a new minute."""
    limiter.reset()
    address = path or _path(ward, form.path)
    query = {name: value.encode("utf-8", "surrogatepass") for name, value in (form.query | changed.pop("query", {})).items()}
    if not form.sent:
        return ward.client.get(address, query_string=query)
    sent = dict(form.sent) | changed.pop("sent", {}) | {"csrf_token": mark}
    data = {name: value.encode("utf-8", "surrogatepass") for name, value in sent.items()}
    return ward.client.post(address, data=data, query_string=query)


def _fault(response: TestResponse, before: object, after: object) -> str:
    if response.status_code >= 500:
        return response.status
    if response.status_code >= 400:
        if before != after:
            return f"{response.status}, and yet something was written"
        text = re.sub(r"<[^>]*>", " ", response.get_data(as_text=True))
        if len(text.split()) < 8:
            return f"{response.status} without a sentence"
    if response.mimetype == "text/html" and NO_TEXT.search(response.get_data(as_text=True)):
        return f"{response.status}: a character no page may have"
    if any(mark in response.get_data(as_text=True) for mark in ("<script>alert(1)", "Traceback", CALCULATED)):
        return f"{response.status}: what was typed stands on the page as markup"
    location = response.headers.get("Location", "/").removeprefix("http://localhost")
    return "" if location.startswith("/") and not location.startswith("//") else f"leads to {location}"


def _faults(ward: Ward, attempts: Iterator[tuple[str, TestResponse]]) -> list[str]:
    found, before = [], ward.rows()
    for what, response in attempts:
        after = ward.rows()
        fault = _fault(response, before, after)
        if fault:
            found.append(f"{response.request.method} {response.request.path[:60]} {what[:60]}: {fault}")
        before = after
    return found


@pytest.mark.parametrize("form", [form for form in FORMS if not form.sent], ids=lambda form: form.path)
def test_a_wrong_address_of_a_page_gets_a_sentence(ward: Ward, form: Form) -> None:
    assert _attacked(ward, form) == []


@pytest.mark.parametrize("form", [form for form in FORMS if form.sent], ids=lambda form: form.path)
def test_a_wrong_field_gets_a_page_with_a_sentence_and_leaves_nothing(ward: Ward, form: Form) -> None:
    assert _attacked(ward, form) == []


def _attacked(ward: Ward, form: Form) -> list[str]:
    if form.who:
        ward.sign_in(form.who)
    mark = ward.mark()

    def attempts() -> Iterator[tuple[str, TestResponse]]:
        fields = [("query", name) for name in form.query] + [("sent", name) for name in list(form.sent)[-MOST_FIELDS:]]
        everywhere = [(bad, each) for bad in A_DATABASE_MINDS for each in fields]
        # The rest is tried in one field each, in turn, and of most of it a part at each form: in every field it cost minutes.
        nth, on_sqlite = FORMS.index(form), ward.database.is_sqlite
        rest = (*BAD_IN_FORMS, *MORE_BAD_IN_FORMS[nth % 2 :: 2]) if on_sqlite else BAD_IN_FORMS[nth % 3 :: 3]
        in_turn = list(zip(rest, cycle(fields), strict=False)) if fields else []
        for bad, (where, name) in everywhere + in_turn:
            yield f"{where} {name}={bad!r}", _send(ward, form, mark, **{where: {name: bad}})
        parts, rest = _path(ward, form.path).split("/"), BAD_PATH_PARTS[6:] + MORE_BAD_PATH_PARTS
        for place, named in enumerate(form.path.split("/")):
            if place > 1 and NAMES_SOMETHING.search(named):
                for bad in tried(ward, BAD_PATH_PARTS[:6], rest[nth % 3 :: 3]):
                    yield bad, _send(ward, form, mark, path="/".join([*parts[:place], bad, *parts[place + 1 :]]))

    return _faults(ward, attempts())


def test_the_right_password_never_leads_off_this_site(ward: Ward) -> None:
    for target in (
        "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "/a\r\nSet-Cookie: x=1", "http:evil",
        "https://evil.example", "javascript:alert(1)", "\\\\evil.example", "/%0d%0aX", "/\0", "///evil.example",
    ):  # fmt: skip
        sent = {"username": "canbo", "password": PASSWORD, "next": target, "csrf_token": ward.mark()}
        answer = ward.client.post("/sign-in", data=sent)
        assert answer.status_code == 302, target
        place = answer.headers["Location"]
        assert place.startswith("/")
        assert not re.match(r"/[/\\\s]", place), target
        assert "X" not in answer.headers
        ward.nobody()


@ON_ONE_DATABASE
def test_bytes_that_are_no_form_are_refused_with_a_sentence(ward: Ward) -> None:
    bodies = (b"", b"\xff=\xfe", b"=&=&=", b"a" * 3000, b"name=" + b"%ff" * 1000, b"&".join(b"a=1" for _ in range(1500)))
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain")

    def attempts() -> Iterator[tuple[str, TestResponse]]:
        for form in FORMS:
            if form.sent and not form.who:
                for body, kind in product(bodies, kinds):
                    yield kind, ward.client.post(_path(ward, form.path), data=body, content_type=kind)

    assert _faults(ward, attempts()) == []


@ON_ONE_DATABASE
def test_a_form_that_is_too_large_is_refused_with_a_sentence(ward: Ward) -> None:
    answer = ward.client.post("/o/00070/book", data={"name": "x" * 300_000})
    assert answer.status_code == 413
    assert "quá lớn" in answer.get_data(as_text=True)
