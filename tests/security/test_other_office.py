"""Every route that names an office or a row, tried with the office beside: by everybody who has the right in the own one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core.pages import limiter
from core.rights import Actor
from office.store import office_by_code
from setup import parts_store
from tests.security.conftest import ON_ONE_DATABASE, Ward
from tests.security.test_bad_calls import API, CALLS

ROWS = {"counter": "counter_beside", "ticket": "called_beside", "device": "device_beside", "printer": "printer_beside"}
ROWS |= {name: f"{name}_beside" for name in ("booking", "entry", "stop", "job", "member")}
"""What stands in an address for one row of all offices: that of the office beside."""
OF_THE_OFFICE = {"n": "1", "code": "A", "sheet": "7", "token": "abcdefgh", "kind": "t", "step": "unit"}
"""What means something only together with the office in the address, which says whose it is."""
WHO = {"truong": "head", "canbo": "officer", "huongdan": "helper", "kythuat": "technician"}
MACHINES = ("kiosk", "display", "agent")
PART = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
BESIDE = "Phường Thử Nghiệm 00071"


def guarded(ward: Ward) -> list[Rule]:
    """The rules that want a right."""
    views = ward.app.view_functions
    rules = [rule for rule in ward.app.url_map.iter_rules() if not rule.endpoint.endswith("static")]
    return [rule for rule in rules if "anyone" not in views[rule.endpoint].right]  # type: ignore[attr-defined]


def addresses(ward: Ward, rule: Rule) -> Iterator[str]:
    """The rule with the other office's code, and with the own one and the other's rows; a part that is not known here fails."""
    names = PART.findall(rule.rule)
    unknown = [name for name in names if name not in ROWS and name not in OF_THE_OFFICE and name != "office"]
    assert not unknown, f"{rule.rule}: say in this file whose {unknown} is"
    rows = {name: str(ward.ids[ROWS[name]]) for name in names if name in ROWS}
    for office in ("00071", "00070") if rows else ("00071",):
        if "office" in names or rows:
            parts = OF_THE_OFFICE | rows | {"office": office}
            yield PART.sub(lambda match, parts=parts: parts[match[1]], rule.rule)  # type: ignore[misc]
        if "office" not in names:
            return


def everybody(ward: Ward, rule: Rule) -> Iterator[str]:
    """Who may use the rule in the own office."""
    right = ward.app.view_functions[rule.endpoint].right  # type: ignore[attr-defined]
    yield from (who for who, role in WHO.items() if Actor("staff", 1, role, "00070").may(right))
    yield from (machine for machine in MACHINES if Actor("device", 1, machine, "00070").may(right))


def body_of(method: str, rule: Rule) -> dict[str, Any]:
    """What the call takes when it works: an address that is refused for its body would prove nothing."""
    shape = PART.sub("*", rule.rule)
    for call in CALLS:
        if call.method == method and re.sub(r"\{\w+\}|00070", "*", API + call.path) == shape:
            return call.body
    return {}


def ask(ward: Ward, method: str, path: str, who: str, body: dict[str, Any]) -> TestResponse:
    limiter.reset()
    headers = ward.signed(who) | {"Accept": "application/json"}
    sent = {"json": body} if path.startswith(API) and method != "GET" else {"data": {"seen": "x"} if method == "POST" else None}
    return ward.client.open(path, method=method, headers=headers, **sent)


def state(ward: Ward) -> object:
    with ward.database.reading() as session:
        beside = parts_store.read(session, office_by_code(session, "00071"))
    return ward.rows(), ward.states(), beside


@ON_ONE_DATABASE
def test_no_route_shows_or_changes_anything_of_the_office_beside(ward: Ward) -> None:
    before, tried = state(ward), 0
    for rule in guarded(ward):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for path in addresses(ward, rule):
                for who in everybody(ward, rule):
                    answer = ask(ward, method, path, who, body_of(method, rule))
                    assert answer.status_code in (403, 404), f"{who}: {method} {path} is answered with {answer.status}"
                    assert BESIDE not in answer.get_data(as_text=True)
                    tried += 1
                assert state(ward) == before, f"{method} {path} changed something"
    assert tried > 150


@ON_ONE_DATABASE
@pytest.mark.parametrize("named", ["?office=00071", "?office=00071&q=a"])
def test_a_page_without_an_office_in_its_address_does_not_take_the_other_from_a_question(ward: Ward, named: str) -> None:
    for rule in guarded(ward):
        if "GET" in (rule.methods or ()) and "<" not in rule.rule:
            for who in everybody(ward, rule):
                answer = ask(ward, "GET", rule.rule + named, who, {})
                assert BESIDE not in answer.get_data(as_text=True), f"{who}: {rule.rule}"
                assert "00071" not in (answer.location or "")
