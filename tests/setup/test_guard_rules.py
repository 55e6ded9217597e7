"""What a set-up may never be: letters that are mistaken for each other, an office without a head."""

from __future__ import annotations

from typing import Any

import pytest

from setup import guard_rules
from setup.change_rules import difference, merged
from setup.service_forms import proposed_prefix, reordered


def service(prefix: str, field: str = "Hộ tịch", *, active: bool = True) -> dict[str, Any]:
    return {"name": f"Dịch vụ {prefix}", "field": field, "prefix": prefix, "active": active}


@pytest.mark.parametrize(
    ("there", "new", "why"),
    [
        ("AH", "C", None),
        ("A", "I", "letter"),
        ("A", "O", "letter"),
        ("A", "Q", "letter"),
        ("A", "Đ", "letter"),
        ("A", "ABC", "letter"),
        ("B", "D", "alike"),
        ("P", "B", "alike"),
        ("M", "N", "alike"),
        ("N", "L", "alike"),
        ("M", "L", None),
        ("B", "BD", None),
        ("A", "A", "field"),
    ],
)
def test_letters_are_clear_when_they_are_called_out(there: str, new: str, why: str | None) -> None:
    setup = {f"service:{letter}": service(letter) for letter in there} | {"service:new": service(new, "Cư trú")}
    found = guard_rules.prefix_against(setup, "service:new")
    assert (found[0] if found else None) == why


def test_services_of_one_field_share_a_letter_and_one_that_is_switched_off_blocks_none() -> None:
    setup = {"service:1": service("A"), "service:2": service("A"), "service:off": service("D", "Khác", active=False)}
    assert guard_rules.prefix_against(setup, "service:2") is None
    assert guard_rules.prefix_against(setup | {"service:3": service("D", "Cư trú")}, "service:3") is None


def test_a_letter_is_proposed_that_nothing_stands_against() -> None:
    setup = {"service:1": service("A"), "service:2": service("M", "Cư trú")}
    assert proposed_prefix(setup, "Hộ tịch") == "A"
    new = proposed_prefix(setup, "Đất đai")
    assert guard_rules.prefix_against(setup | {"service:3": service(new, "Đất đai")}, "service:3") is None


def person(role: str, *, active: bool = True) -> dict[str, Any]:
    return {"name": "", "role": role, "active": active, "may_pick": True}


def test_heads_are_those_at_work_and_whoever_leaves_the_counters_is_known() -> None:
    setup = {"staff:a": person("head"), "staff:b": person("head", active=False), "staff:c": person("officer")}
    assert guard_rules.heads(setup) == 1
    for wanted, leaving in (
        ({"staff:c": {"active": False}}, ["staff:c"]),
        ({"staff:c": {"role": "technician"}}, ["staff:c"]),
        ({"staff:c": {"role": "head"}}, []),
        ({"staff:c": None}, ["staff:c"]),
        ({"staff:d": person("helper")}, []),
    ):
        change = difference(setup, wanted)  # type: ignore[arg-type]
        assert guard_rules.leaving(change, merged(setup, change)) == leaving


@pytest.mark.parametrize(
    ("code", "move", "order"),
    [("b", "up", "bac"), ("b", "down", "acb"), ("c", "top", "cab"), ("a", "up", "abc"), ("c", "down", "abc"), ("x", "up", "abc"),
     ("b", "?", "abc")],
)  # fmt: skip
def test_a_service_moves_within_the_list(code: str, move: str, order: str) -> None:
    assert "".join(reordered("abc", code, move)) == order
