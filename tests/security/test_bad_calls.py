"""Every call of the API with everything that can be wrong in it: a sentence, the right status, and nothing half done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from core.pages import limiter
from tests.security.conftest import ON_ONE_DATABASE, PERSON, Ward

API = "/api/v1"
SOON = "2026-11-23T11:00:00+07:00"
BOOKING = {"service": "B", "starts_at": SOON, "name": PERSON, "phone": "0912345678", "consent": True, "people": []}
WAITING = {"service": "B", "day": "2026-11-23", "name": PERSON, "phone": "0912345678", "consent": True, "phone_code": ""}

HANDWRITTEN = {"number": "A037", "service": "A", "taken_at": "08:12", "priority": False}


@dataclass(frozen=True)
class Call:
    """A call that works. In its path {counter}, {waiting}, ... stand for the ids of the ward, {booking}, ... for its secrets."""

    path: str
    who: str = "canbo"
    method: str = "POST"
    body: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)


CALLS = (
    Call("/offices", who="", method="GET"),
    Call("/offices/00070/services", who="", method="GET"),
    Call("/offices/00070/slots", who="", method="GET", query={"service": "A", "day": "2026-11-23"}),
    Call("/offices/00070/board", who="", method="GET"),
    Call("/offices/00070/outlook", who="", method="GET"),
    Call("/offices/00070/screen", who="display", method="GET"),
    Call("/offices/00070/appointments", who="", body=BOOKING),
    Call("/appointments/{token_booking}", who="", method="GET"),
    Call("/appointments/{token_booking}", who="", method="DELETE"),
    Call("/appointments/{token_booking}/move", who="", body={"starts_at": SOON}),
    Call("/offices/00070/phone-codes", who="", body={"phone": "0912345671"}),
    Call("/offices/00070/holds", who="", body={"service": "A", "starts_at": SOON, "people": []}),
    Call("/offices/00070/holds/{token_hold}", who="", method="DELETE"),
    Call("/offices/00070/waiting-list", who="", body=WAITING),
    Call("/waiting-list/{token_patient}", who="", method="GET"),
    Call("/waiting-list/{token_patient}/accept", who=""),
    Call("/waiting-list/{token_patient}/leave", who=""),
    Call("/offices/00070/find", who="", body={"code": "ACDEFG", "phone": "0912345671"}),
    Call("/tickets/{token_ticket}", who="", method="GET"),
    Call("/tickets/{token_ticket}/rating", who="", body={"score": 5}),
    Call("/offices/00070/heard", who="display", body={"calls": [{"call_id": 1, "times": 1}], "state": {"sound": "on"}}),
    Call("/offices/00070/heard", method="GET"),
    Call("/offices/00070/tickets", who="kiosk", body={"service": "A", "priority": False, "lang": "vi", "after_break": True}),
    Call("/offices/00070/check-ins", who="kiosk", body={"qr": "/a/ACDEFGHJ", "code": None, "lang": "vi"}),
    Call("/offices/00070/check-ins", who="kiosk", body={"code": "ACDEFG"}),
    Call("/offices/00070/check-ins", body={"phone": "0999999999"}),
    Call("/offices/00070/check-ins", body={"name": "Không Có Ai"}),
    Call("/offices/00070/kiosk", who="kiosk", method="GET"),
    Call("/offices/00070/guide-sheets", who="kiosk", body={"service": "B", "place": "00070", "lang": "vi"}),
    Call("/offices/00070/kiosk-hours", who="kiosk", method="GET", query={"service": "A", "place": "00070"}),
    Call("/offices/00070/booking-slips", who="kiosk", body={"token": "token-of-nobody", "lang": "vi"}),
    Call("/offices/00070/guide-sheets/{sheet}", who="kiosk", method="GET"),
    Call("/offices/00070/line", method="GET"),
    Call("/offices/00070/counters", method="GET"),
    Call("/offices/00070/bookings", method="GET", query={"q": "thu"}),
    Call("/offices/00070/bookings/{booking}/open"),
    Call("/counters/{free_counter}/open", who="truong", body={"move": False}),
    Call("/counters/{counter}/pause", body={"reason": "Nghỉ trưa", "minutes": 15}),
    Call("/counters/{counter}/take", body={"service": "A", "priority": False, "reason": "Hỏi nhanh", "serve": False}),
    Call("/counters/{counter}/alive"),
    Call("/counters/{counter}/release"),
    Call("/counters/{counter}/hand-over", body={"staff": 2}),
    Call("/offices/00070/staff", method="GET"),
    Call("/offices/00070/tickets/handwritten", body={"tickets": [HANDWRITTEN]}),
    Call("/counters/{counter}/close"),
    Call("/counters/{counter}/call-next"),
    Call("/counters/{counter}/call", body={"ticket": 1, "reason": "Cần gấp"}),
    Call("/tickets/{called}/recall"),
    Call("/tickets/{called}/serve"),
    Call("/tickets/{called}/absent"),
    Call("/tickets/{called}/hold", body={"why": "Chờ giấy tờ"}),
    Call("/tickets/{waiting}/resume", body={"counter": None}),
    Call("/tickets/{called}/transfer", body={"service": "B", "counter": None}),
    Call("/tickets/{called}/return"),
    Call("/tickets/{called}/finish", body={"missing_papers": ["Giấy khai sinh"], "dossier_code": "H26.1", "all": True}),
    Call("/tickets/{waiting}/further", body={"services": ["B"]}),
    Call("/tickets/{called}/undo"),
    Call("/tickets/{waiting}/cancel"),
    Call("/tickets/{waiting}/service", body={"service": "B"}),
    Call("/tickets/{waiting}/priority", body={"priority": True, "needs_help": None}),
    Call("/tickets/{waiting}/reprint"),
    Call("/offices/00070/day", method="GET", query={"on": "2026-11-23"}),
    Call("/offices/00070/day/close", body={"on": "2026-11-23", "missed": "expire"}),
    Call("/tickets/{waiting}/carry"),
    Call("/offices/00070/today", who="truong", method="GET"),
    Call("/offices/00070/notice", who="truong", body={"notice": "Quầy 2 nghỉ", "minutes": 60}),
    Call("/counters/{free_counter}/seat", who="truong", body={"staff": 2, "move": False}),
    Call("/offices/00070/stops", who="truong", method="GET"),
    Call("/offices/00070/stops", who="truong", body={"field": "Tư pháp", "reason": "Mất điện"}),
    Call("/stops/{stop}/lift", who="truong"),
    Call("/offices/00070/call-list", method="GET"),
    Call("/call-list/{entry}/called", body={"called": True}),
    Call("/call-list/{entry}/move", body={"starts_at": SOON}),
    Call("/tickets/{waiting}/wrong-person"),
    Call("/tickets/{waiting}/people", body={"absent": [1]}),
    Call("/agent/lease", who="agent", body={"agent": "a" * 24, "printer": None, "begun": []}),
    Call("/agent/state", who="agent", body={"agent": "a" * 24, "printer": None, "state": "ok", "detail": ""}),
    Call("/agent/jobs/{job}/result", who="agent", body={"agent": "a" * 24, "mark": "1@a", "state": "printed", "detail": ""}),
)

LONG = "x" * 10_000
# Each table stands in two: what the two databases may take differently (no text, no number, too long, too large, what means
# something in SQL), tried on both; and what the same code refuses before a database is asked, tried on SQLite: a third of it
# in each place, in turn.
BAD_TEXTS = (
    "", LONG, "\0", "a\0b", "/t/" + "\0" * 20, "\ud800", "😀" * 300, "%(name)s %s %n", "' OR 1=1 --", "NaN",
    "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2026-11-23T11:07:13+07:00", "9999-12-31",
)  # fmt: skip
MORE_BAD_TEXTS = (
    " ", "\x1b[2J", "\u202e\u200f\u2066", "e\u0302\u0323" * 40, "<script>alert(1)</script>", "{{89*97*991}}", "{% raw %}",
    '"; DROP TABLE tickets; --', "../../etc/passwd", "/a/" + "A" * 64, "0912345678", "++++", "+84" + "9" * 60,
    "2026-11-23T11:00:00", "2026-02-30T10:00:00+07:00", "2026-11-23T11:00:00+99:99", "2026-11-23T08:00:00+07:00",
    "2099-01-01T11:00:00+07:00", "0000-00-00", "2026-11-23T11:00:00 Asia/Nowhere", "012345678901|123456789|Nguyễn Thị Thử",
)  # fmt: skip
BAD_VALUES: tuple[Any, ...] = (
    None, True, -1, 1.5, 2**31, 2**63, 10**30, float("nan"), [], {}, [{"name": LONG, "service": "A"}],
    [{"name": "\0\0", "service": "\0"}], [{"name": PERSON, "service": "C"}] * 6, ["\0"],
)  # fmt: skip
MORE_BAD_VALUES: tuple[Any, ...] = (
    0, 1e308, float("inf"), ["A"], [None], [[]], {"a": 1}, [{"name": PERSON, "service": 7}], ["x"] * 60,
)  # fmt: skip
BAD_BODIES = (
    b"", b"null", b"[]", b"1", b'"text"', b"{", b"\xff\xfe\x00", b'{"service": "\xff"}', b"\0" * 50, b"NaN",
    b"[" * 10_000, b'{"a":' * 10_000, b'{"people":' + b"[" * 10_000 + b"]" * 10_000 + b"}", b"1" * 10_000,
    b'{"service": "A", "service": {}}', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"service=A&name=x",
)  # fmt: skip
BAD_PATH_PARTS = (
    "0", "-1", "2147483648", "9223372036854775808", "1" * 5000, "%00", "a%00b", "%ed%a0%80", "x" * 3000, "%27%20OR%201=1",
)  # fmt: skip
MORE_BAD_PATH_PARTS = (
    "1" * 40, "%ff", "..", "%2e%2e%2f", "'", "{{89*97*991}}", "%0d%0aX: y", "٣", "1.5", "null", "%F0%9F%98%80",
)  # fmt: skip
CONTENT_TYPES = ("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/b; charset=no")


def _path(ward: Ward, call: Call) -> str:
    return API + call.path.format(**ward.ids, **{f"token_{name}": value for name, value in ward.secrets.items()})


def _fault(response: TestResponse, before: object, after: object) -> str:
    """What is wrong with an answer to something wrong; nothing when nothing is."""
    if response.status_code >= 500:
        return f"{response.status}"
    if response.status_code < 400:
        return ""
    if before != after:
        return f"{response.status}, and yet something was written"
    if response.mimetype != "application/problem+json":
        return f"{response.status} is {response.mimetype}, not a problem document"
    problem = response.get_json()
    if problem["status"] != response.status_code or not problem["code"] or len(problem["detail"]) < 10:
        return f"no clear sentence: {problem}"
    if len(problem["detail"]) > 1000:
        return f"a sentence of {len(problem['detail'])} characters"
    return ""


def tried(ward: Ward, on_both: tuple[Any, ...], more: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is tried on the database of this ward."""
    return on_both + more if ward.database.is_sqlite else on_both


def _short(thing: object) -> str:
    return repr(thing)[:80]


def _send(ward: Ward, call: Call, **request: Any) -> TestResponse:
    limiter.reset()  # each as the first of a new minute
    headers = ward.signed(call.who) | request.pop("headers", {})
    return ward.client.open(request.pop("path", _path(ward, call)), method=call.method, headers=headers, **request)


def _faults(ward: Ward, attempts: Iterator[tuple[str, TestResponse]]) -> list[str]:
    found, before = [], ward.rows()
    for what, response in attempts:
        after = ward.rows() if 400 <= response.status_code < 500 else before
        fault = _fault(response, before, after)
        if fault:
            found.append(f"{response.request.method} {response.request.path[:60]} {what}: {fault}")
        if response.status_code < 400:
            before = ward.rows()
    return found


def _with_bad_members(ward: Ward, call: Call) -> Iterator[tuple[str, TestResponse]]:
    more = MORE_BAD_TEXTS + MORE_BAD_VALUES if ward.database.is_sqlite else ()
    for nth, name in enumerate(call.body, CALLS.index(call)):
        yield f"without {name}", _send(ward, call, json={key: value for key, value in call.body.items() if key != name})
        for bad in BAD_TEXTS + BAD_VALUES + more[nth % 3 :: 3]:
            body = json.dumps(call.body | {name: bad})
            yield f"{name}={_short(bad)}", _send(ward, call, data=body, content_type="application/json")
    for name in call.query:
        for bad in tried(ward, BAD_TEXTS, MORE_BAD_TEXTS):
            sent = call.query | {name: bad.encode("utf-8", "surrogatepass")}
            yield f"?{name}={_short(bad)}", _send(ward, call, query_string=sent)


@pytest.mark.parametrize("call", [call for call in CALLS if call.body or call.query], ids=lambda call: call.path)
def test_a_wrong_member_gets_a_sentence_and_leaves_nothing(ward: Ward, call: Call) -> None:
    assert _faults(ward, _with_bad_members(ward, call)) == []


@ON_ONE_DATABASE
def test_a_body_that_is_no_object_gets_a_sentence_and_leaves_nothing(ward: Ward) -> None:
    def attempts() -> Iterator[tuple[str, TestResponse]]:
        for call in CALLS:
            if call.method == "POST":
                for body in BAD_BODIES:
                    yield _short(body), _send(ward, call, data=body, content_type="application/json")
                for content_type in CONTENT_TYPES:
                    yield content_type, _send(ward, call, data=b"--x\r\n", content_type=content_type)

    assert _faults(ward, attempts()) == []


def test_a_made_up_address_gets_a_sentence_and_leaves_nothing(ward: Ward) -> None:
    def attempts() -> Iterator[tuple[str, TestResponse]]:
        for nth, call in enumerate(CALLS):
            parts = _path(ward, call).split("/")
            for place in range(4, len(parts), 2):
                for bad in tried(ward, BAD_PATH_PARTS, MORE_BAD_PATH_PARTS[nth % 3 :: 3]):
                    path = "/".join([*parts[:place], bad, *parts[place + 1 :]])
                    yield bad[:40], _send(ward, call, path=path, json=call.body if call.method == "POST" else None,
                                          query_string=call.query or None)  # fmt: skip

    assert _faults(ward, attempts()) == []


@pytest.mark.parametrize("header", ["Authorization", "Idempotency-Key", "Accept", "Accept-Language", "Cookie", "Content-Type"])
def test_a_strange_header_gets_a_sentence_and_leaves_nothing(ward: Ward, header: str) -> None:
    values = (
        "x" * 8000, "Bearer " + "x" * 8000, "Bearer \xff\xfe", "Bearer", "bearer  ", "\xff", "dung_gio=eyJ4.x.y; device=\xff",
        "lang=%00; device=x", "session=; dung_gio=" + "A" * 3000, "*;q=nan", quote("\0"),
    )  # fmt: skip
    call = next(call for call in CALLS if call.path.endswith("/00070/tickets"))
    body = json.dumps(call.body)
    attempts = ((value[:20], _send(ward, call, data=body, headers={header: value})) for value in values)
    assert _faults(ward, attempts) == []


def test_long_keys_that_begin_alike_are_two_keys(ward: Ward) -> None:
    call = next(call for call in CALLS if call.path.endswith("/00070/tickets"))
    made = [_send(ward, call, json=call.body, headers={"Idempotency-Key": "k" * 300 + end}) for end in "aab"]
    assert [answer.status_code for answer in made] == [201, 201, 201]
    numbers = [answer.get_json()["number"] for answer in made]
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_key_of_somebody_else_gives_nothing_of_theirs(ward: Ward) -> None:
    call = next(call for call in CALLS if call.path.endswith("/00070/tickets"))
    key = {"Idempotency-Key": "mot-khoa"}
    first = _send(ward, call, json=call.body, headers=key).get_json()
    path = API + call.path
    other = ward.client.post(path, json=call.body, headers=ward.signed("canbo") | key).get_json()
    assert other["token"] != first["token"]
    reused = _send(ward, call, json={"service": "B"}, headers=key)
    assert (reused.status_code, reused.get_json()["code"]) == (422, "key_reused")
