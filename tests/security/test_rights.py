"""Everybody tries everything: who may not is refused, changes nothing, and learns nothing of another office."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.security.conftest import ON_ONE_DATABASE, PERSON, PHONE, ROLES, Ward
from tests.security.test_bad_calls import BOOKING, HANDWRITTEN, SOON

STAFF = frozenset(ROLES)
OFFICERS = frozenset({"canbo", "truong", "quantri"})
DOOR = OFFICERS | {"huongdan"}
HEADS = frozenset({"truong", "quantri"})
KEEPERS = HEADS | {"kythuat"}
HALL = STAFF | {"kiosk", "far"}
COUNTER_VERBS = ("open", "pause", "close", "call-next", "call", "take", "alive", "release", "hand-over")

RIGHTS: dict[str, frozenset[str]] = {
    "POST /api/v1/offices/00070/tickets": HALL,
    "POST /api/v1/offices/00070/check-ins": HALL,
    "GET /api/v1/offices/00070/kiosk": HALL,
    "POST /api/v1/offices/00070/guide-sheets": HALL,
    "GET /api/v1/offices/00070/kiosk-hours?service=A": HALL,
    "POST /api/v1/offices/00070/booking-slips": HALL,
    "GET /api/v1/offices/00070/guide-sheets/{sheet}": HALL,
    "GET /api/v1/offices/00070/screen": frozenset({"display"}),
    "GET /api/v1/offices/00070/line": DOOR,
    "GET /api/v1/offices/00070/heard": STAFF,
    "POST /api/v1/offices/00070/heard": frozenset({"display"}),
    "GET /api/v1/offices/00070/counters": STAFF,
    "POST /api/v1/offices/00070/bookings/find": DOOR,
    "POST /api/v1/offices/00070/bookings/{booking}/open": DOOR,
    **{f"POST /api/v1/counters/{{counter}}/{verb}": OFFICERS for verb in COUNTER_VERBS},
    "GET /api/v1/offices/00070/staff": OFFICERS,
    "POST /api/v1/offices/00070/tickets/handwritten": DOOR,
    **{
        f"POST /api/v1/tickets/{{waiting}}/{verb}": OFFICERS
        for verb in ("recall", "serve", "absent", "hold", "transfer", "finish")
    },
    **{
        f"POST /api/v1/tickets/{{waiting}}/{verb}": DOOR
        for verb in ("resume", "return", "undo", "cancel", "service", "priority", "reprint", "wrong-person", "people", "further")
    },
    "GET /kiosk/00070/qr/t/abcdefgh.svg": HALL,
    "GET /kiosk/00070/qr/hour.svg?service=A&at=2026-11-24T08:00": HALL,
    "GET /counter/": OFFICERS,
    "GET /counter/choose": OFFICERS,
    "GET /door/": DOOR,
    "GET /display/00070/voice": KEEPERS,
    "GET /office/": KEEPERS,
    "GET /office/00070/": KEEPERS,
    "POST /office/00070/notice": HEADS,
    "POST /office/00070/publish": HEADS,
    "POST /office/00070/devices": KEEPERS,
    "POST /office/00070/devices/{device}/pair": KEEPERS,
    "POST /office/00070/devices/{device}/revoke": KEEPERS,
    "POST /office/00070/printers/{printer}/test": KEEPERS,
    "GET /printers/": KEEPERS,
    "GET /printers/00070/": KEEPERS,
    "POST /printers/00070/add": KEEPERS,
    **{
        f"POST /printers/00070/{{printer}}/{verb}": KEEPERS for verb in ("change", "test", "fallback", "remove", "put-back")
    },
    "POST /printers/00070/kiosks/{device}": KEEPERS,
    "POST /printers/00070/jobs/{job}/reprint": KEEPERS,
    "POST /api/v1/agent/lease": frozenset({"agent"}),
    "POST /api/v1/agent/state": frozenset({"agent"}),
    "POST /api/v1/agent/jobs/{job}/result": frozenset({"agent"}),
    "GET /office/00070/hours": HEADS,
    "POST /office/00070/hours": HEADS,
    "GET /office/00070/counters/{counter}/hours": HEADS,
    "POST /office/00070/counters/{counter}/hours": HEADS,
    "GET /office/00070/days": HEADS,
    **{f"{verb} /office/00070/{page}": HEADS for page in ("counters", "staff", "texts", "settings") for verb in ("GET", "POST")},
    **{f"GET /office/00070/{page}": HEADS for page in ("services", "services/add", "services/new", "services/A", "changes")},
    **{f"POST /office/00070/services/{what}": HEADS for what in ("new", "order", "A")},
    "GET /office/00070/counters/{counter}": HEADS,
    "POST /office/00070/counters/{counter}": HEADS,
    "POST /office/00070/counters/{counter}/retire": HEADS,
    "GET /office/00070/staff/{member}": HEADS,
    "POST /office/00070/staff/{member}": HEADS,
    **{f"POST /office/00070/staff/{{member}}/{verb}": HEADS for verb in ("invite", "leave", "return")},
    "POST /office/00070/changes/{n}/undo": HEADS,
    "GET /office/00070/devices": KEEPERS,
    "GET /office/00070/devices/{device}": KEEPERS,
    "POST /office/00070/devices/{device}": KEEPERS,
    "POST /office/00070/days": HEADS,
    "GET /office/today": HEADS,
    "GET /office/00070/today": HEADS,
    "GET /api/v1/offices/00070/today": HEADS,
    "POST /api/v1/offices/00070/notice": HEADS,
    "POST /api/v1/counters/{counter}/seat": HEADS,
    "GET /office/start": HEADS,
    "GET /office/00070/start": HEADS,
    "GET /office/00070/start/unit": HEADS,
    "POST /office/00070/start/unit": HEADS,
    "GET /office/00070/file": HEADS,
    "GET /office/00070/file.json": HEADS,
    "POST /office/00070/file": HEADS,
    "GET /office/template": frozenset({"quantri"}),
    "POST /office/template": frozenset({"quantri"}),
    "GET /office/fleet": frozenset({"quantri"}),
    "POST /office/fleet/revoke": frozenset({"quantri"}),
    "GET /office/00070/stops": HEADS,
    "POST /office/00070/stops": HEADS,
    "POST /office/00070/stops/{stop}/lift": HEADS,
    "GET /api/v1/offices/00070/stops": HEADS,
    "POST /api/v1/offices/00070/stops": HEADS,
    "POST /api/v1/stops/{stop}/lift": HEADS,
    "GET /counter/day": OFFICERS,
    "GET /door/bookings": DOOR,
    "GET /api/v1/offices/00070/day": OFFICERS,
    "POST /api/v1/offices/00070/day/close": OFFICERS,
    "POST /api/v1/tickets/{waiting}/carry": DOOR,
    "GET /office/00070/bookings": HEADS,
    "GET /office/00070/calls": DOOR,
    **{f"POST /office/00070/calls/{{entry}}/{verb}": DOOR for verb in ("called", "move", "open")},
    "GET /api/v1/offices/00070/call-list": DOOR,
    **{f"POST /api/v1/call-list/{{entry}}/{verb}": DOOR for verb in ("called", "move")},
    "GET /reports/?office=00070": HEADS,
    "GET /reports/figures.csv?office=00070": HEADS,
    "GET /reports/suggestions?office=00070": HEADS,
    "GET /reports/figures.xlsx?office=00070": HEADS,
    **{f"GET /reports/officers{form}?office=00070": frozenset({"truong"}) for form in ("", ".csv", ".xlsx")},
    **{f"GET /reports/city{form}": frozenset({"quantri"}) for form in ("", ".csv", ".xlsx")},
    "GET /reports/log?office=00070": HEADS,
    "GET /reports/log.csv?office=00070": HEADS,
    "POST /sign-out": STAFF,
}  # fmt: skip
OF_NO_OFFICE = {
    "/counter/", "/counter/choose", "/counter/day", "/door/", "/door/bookings", "/office/", "/office/start", "/office/today",
    "/printers/", "/sign-out",
}  # fmt: skip
"""Addresses that mean the actor's own office: those of the office beside may use them too, for theirs."""
STRANGERS = ("", "display", "agent", "canbo_beside", "truong_beside", "kiosk_beside", "revoked", "left", "wrong")
WITHOUT_A_RIGHT = {"", "revoked", "left", "wrong"}


def _ask(ward: Ward, what: str, who: str, **request: Any) -> TestResponse:
    method, path = what.format(**ward.ids).split(" ", 1)
    headers = {"Authorization": "Bearer wrong"} if who == "wrong" else ward.signed(who)
    return ward.client.open(path, method=method, headers=headers | {"Accept": "application/json"}, **request)


@ON_ONE_DATABASE  # who somebody is was asked on both (tests/office)
@pytest.mark.parametrize("what", RIGHTS)
def test_who_may_not_is_refused_and_changes_nothing(ward: Ward, what: str) -> None:
    path = what.split(" ")[1]
    for who in (*STAFF, "kiosk", "far", *STRANGERS):
        if who in RIGHTS[what] or (path in OF_NO_OFFICE and who.endswith("_beside") and who != "kiosk_beside"):
            continue
        before = (ward.rows(), ward.states())
        body = {"service": "B", "ticket": ward.ids["waiting"], "reason": "Cần gấp", "code": ward.secrets["code"], "absent": [1]}
        body |= {"starts_at": SOON, "staff": ward.staff["truong"], "services": ["B"], "tickets": [HANDWRITTEN]}
        answer = _ask(ward, what, who, json=body if "/api/" in what else None)
        expected = (401,) if who in WITHOUT_A_RIGHT else (403, 404)
        assert answer.status_code in expected, f"{who or 'nobody'}: {answer.status}"
        assert answer.get_json()["detail"]
        assert (ward.rows(), ward.states()) == before, f"{who or 'nobody'} changed something"


@ON_ONE_DATABASE
@pytest.mark.parametrize("what", RIGHTS)
def test_who_may_is_not_refused_for_want_of_a_right(ward: Ward, what: str) -> None:
    for who in sorted(RIGHTS[what]):
        answer = _ask(ward, what, who, json={"service": "B", "ticket": 1} if "/api/" in what else None)
        if answer.status_code in (401, 403):
            # A kiosk outside gives no numbers, a city administrator sits at no counter, and a counter has its own officer.
            assert (who, answer.get_json()["code"]) in {
                ("far", "not_on_site"), ("quantri", "not_allowed"), ("canbo", "not_your_counter"),
            }, f"{who}: {answer.get_json()}"  # fmt: skip


@ON_ONE_DATABASE
def test_every_address_that_wants_a_right_is_tried_here(ward: Ward) -> None:
    named = re.compile(r"\{\w+\}|00070|/[at]/abcdefgh|(?<=/services/)A$|(?<=/start/)unit$")
    known = {named.sub("*", what.split("?")[0]) for what in RIGHTS}
    for rule in ward.app.url_map.iter_rules():
        view = ward.app.view_functions[rule.endpoint]
        if rule.endpoint.endswith("static") or "anyone" in view.right:  # type: ignore[attr-defined]
            continue
        path = re.sub(r"/<any[^>]*>/<token>|<[^>]*>", "*", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert f"{method} {path}" in known


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("counters/{counter_beside}/call-next", {}),
        ("counters/{counter}/call", {"ticket": "waiting_beside", "reason": "Cần gấp"}),
        ("tickets/{waiting_beside}/cancel", {}),
        ("tickets/{called_beside}/finish", {}),
        ("tickets/{called}/transfer", {"counter": "counter_beside"}),
        ("tickets/{called}/hold", {}),
        ("tickets/{called}/resume", {"counter": "free_counter_beside"}),
        ("offices/00070/bookings/{booking_beside}/open", {}),
        ("offices/00071/bookings/{booking_beside}/open", {}),
    ],
)
def test_the_ids_of_another_office_are_nobodys(ward: Ward, path: str, body: dict[str, Any]) -> None:
    sent = {name: ward.ids.get(str(value), value) for name, value in body.items()}
    beside = ward.states()
    answer = ward.client.post(f"/api/v1/{path.format(**ward.ids)}", json=sent, headers=ward.signed("canbo"))
    if "beside" in path or "beside" in str(body):
        assert answer.status_code in (403, 404)
        assert ward.states() == beside


def test_no_booking_of_another_office_is_opened_or_changed_by_its_number(ward: Ward) -> None:
    for what in (
        "GET /office/00071/",
        "GET /office/00071/calls",
        "GET /office/00071/bookings",
        "POST /office/00070/calls/{entry_beside}/open",
        "POST /office/00070/calls/{entry_beside}/called",
        "POST /api/v1/call-list/{entry_beside}/called",
        "POST /office/00070/counters/{counter_beside}/hours",
        "POST /office/00071/notice",
        "GET /reports/?office=00071",
        "GET /reports/figures.csv?office=00071",
        "GET /reports/suggestions?office=00071",
        "GET /reports/figures.xlsx?office=00071",
        "GET /reports/officers?office=00071",
        "GET /reports/officers.csv?office=00071",
        "GET /reports/officers.xlsx?office=00071",
        "GET /reports/city",
        "GET /reports/log?office=00071",
        "GET /reports/log.csv?office=00071",
        "GET /office/?office=00071",
        "POST /office/00070/devices/999999/revoke",
    ):
        assert _ask(ward, what, "truong").status_code in (403, 404), what


def test_the_key_of_one_thing_opens_no_other(ward: Ward) -> None:
    before = (ward.rows(), ward.states())
    for what in (
        "GET /a/{patient}", "GET /a/{hold}", "POST /a/{patient}/cancel", "POST /a/{patient}/erase", "GET /w/{booking}",
        "POST /w/{booking}/accept", "POST /w/{booking}/leave", "POST /w/{booking}/erase", "GET /api/v1/waiting-list/{booking}",
        "GET /api/v1/appointments/{patient}", "DELETE /api/v1/appointments/{hold}", "DELETE /api/v1/offices/00071/holds/{hold}",
        "DELETE /api/v1/offices/00070/holds/{booking}", "GET /t/{booking}", "GET /api/v1/tickets/{patient}",
    ):  # fmt: skip
        answer = _ask(ward, what.format(**ward.secrets), "")
        assert answer.status_code == 404 or (answer.status_code == 204 and "holds" in what), f"{what}: {answer.status}"
    assert (ward.rows(), ward.states()) == before


@ON_ONE_DATABASE
def test_what_a_browser_sends_by_itself_changes_nothing_without_the_mark_of_a_page(ward: Ward) -> None:
    for kind in ("staff", "kiosk"):
        ward.nobody()
        if kind == "staff":
            ward.sign_in("truong")
        else:
            ward.be_device("kiosk")
        for rule in ward.app.url_map.iter_rules():
            for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
                path = _filled(ward, rule.rule)
                before = (ward.rows(), ward.states())
                answer = ward.client.open(path, method=method, json=BOOKING if "/api/" in path else None)
                assert answer.status_code in (400, 403), f"{method} {path} by the cookie of {kind}: {answer.status}"
                assert (ward.rows(), ward.states()) == before, f"{method} {path}"


def _filled(ward: Ward, rule: str) -> str:
    owners = {"/t/": "ticket", "tickets/<token": "ticket", "/w/": "patient", "waiting-list/<token": "patient", "holds/<": "hold"}
    token = ward.secrets[next((owner for part, owner in owners.items() if part in rule), "booking")]
    filled = rule.replace("<office>", "00070").replace("<token>", token).replace("<any(a, t):kind>", "a")
    filled = filled.replace("<code>", "A" if "services" in rule else ward.secrets["pairing"])
    for name in ("counter", "ticket", "device", "printer", "booking", "entry", "stop", "job", "member", "n"):
        filled = filled.replace(f"<int:{name}>", str(ward.ids["called" if name == "ticket" else name]))
    return filled


def test_looking_changes_nothing(ward: Ward) -> None:
    for who in ("", "truong", "canbo", "huongdan"):
        ward.nobody()
        if who:
            ward.sign_in(who)
        before = (ward.rows(), ward.states())
        for rule in ward.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.endpoint.endswith("static"):
                for method in ("GET", "HEAD"):
                    ward.client.open(_filled(ward, rule.rule), method=method)
        assert (ward.rows(), ward.states()) == before


def test_nothing_public_names_a_person(ward: Ward) -> None:
    paths = ["/", "/display/00070", "/o/00070/board", "/api/v1/offices", "/feed.atom", "/api/v1/offices/00070/board",
             f"/t/{ward.secrets['ticket']}", f"/api/v1/tickets/{ward.secrets['ticket']}"]  # fmt: skip
    for path in paths:
        text = ward.client.get(path).get_data(as_text=True)
        for personal in (PERSON, PHONE, PHONE[3:], *ward.secrets.values(), "ưu tiên"):
            assert personal not in text or personal == ward.secrets["ticket"], f"{path} tells {personal}"


def test_a_device_that_was_revoked_and_an_officer_who_left_are_nobody_at_once(ward: Ward) -> None:
    take = "/api/v1/offices/00070/tickets"
    assert ward.client.post(take, json={"service": "A"}, headers=ward.signed("kiosk")).status_code == 201
    revoked = _ask(ward, "POST /office/00070/devices/{device}/revoke", "truong")
    assert revoked.status_code == 302
    assert ward.client.post(take, json={"service": "A"}, headers=ward.signed("kiosk")).status_code == 401
    ward.sign_in("left")
    assert ward.client.get("/counter/").location == "/sign-in?next=/counter/"
