"""What a set-up may never be, whoever changes it and by whatever way: a form, an undo, a file. Pure.

Letters of numbers (domain.md): no I, O, Q, which are read as figures or as each other; letters that sound alike when called out
are not used side by side; a letter belongs to one field, or to services of one field.

| letters of the office | and new | may be | why                                |
|-----------------------|---------|--------|------------------------------------|
| A, H                  | C       | yes    |                                    |
| A                     | I, O, Q | no     | read as figures                    |
| B                     | D, P    | no     | sound alike                        |
| M                     | N       | no     | sound alike                        |
| N                     | L       | no     | sound alike in Hanoi               |
| A of another field    | A       | no     | nobody could tell what A012 is for |
| A of the same field   | A       | yes    |                                    |
| BA                    | DA      | no     | each letter sounds alike           |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from setup.change_rules import Difference, Part, kind_of

OFFICE_ROLES = ("officer", "head", "helper", "technician")
"""What somebody of an office can be; city administrators are made by the city alone, on the command line."""
AT_A_COUNTER = ("officer", "head")

_LETTERS = re.compile(r"[A-HJ-NPR-Z]{1,2}")
_ALIKE = tuple(frozenset(pair) for pair in ("BD", "BP", "DP", "MN", "LN"))


def is_prefix(text: str) -> bool:
    """Whether it is one or two letters that nobody takes for figures."""
    return _LETTERS.fullmatch(text) is not None


def sound_alike(one: str, other: str) -> bool:
    """Whether two different prefixes are easily taken for each other when they are called out."""
    if one == other or len(one) != len(other):
        return False
    return all(a == b or frozenset((a, b)) in _ALIKE for a, b in zip(one, other, strict=True))


def prefix_against(setup: Mapping[str, Part], part: str) -> tuple[str, str] | None:
    """What stands against the letter of the service `part`: ("letter", ""), ("alike", "D") or ("field", name of a service)."""
    service = setup[part]
    prefix = service["prefix"]
    if not is_prefix(prefix):
        return "letter", ""
    for name, other in setup.items():
        if name == part or kind_of(name) != "service" or not other["active"]:
            continue
        if other["prefix"] == prefix and other["field"] != service["field"]:
            return "field", str(other["name"])
        if sound_alike(prefix, other["prefix"]):
            return "alike", str(other["prefix"])
    return None


def prefixes_touched(change: Difference) -> list[str]:
    """The services whose letter has to be looked at: new ones, and those whose letter, field or being active changes."""
    touched = [part for part, name, _before, _after in change.fields() if name in ("prefix", "field", "active")]
    return [part for part in dict.fromkeys(touched) if kind_of(part) == "service" and change.after[part] is not None]


def heads(setup: Mapping[str, Part]) -> int:
    """How many heads are at work."""
    return sum(kind_of(name) == "staff" and part["role"] == "head" and part["active"] for name, part in setup.items())


def leaving(change: Difference, setup: Mapping[str, Part]) -> list[str]:
    """The staff (parts) who may sit at no counter after the change, and might have before."""
    found = []
    for part in change.after:
        if kind_of(part) == "staff" and change.before[part] is not None:
            after = setup.get(part)
            if after is None or not after["active"] or after["role"] not in AT_A_COUNTER:
                found.append(part)
    return found


def retiring(change: Difference) -> list[str]:
    """The counters (parts) that there are no more after the change."""
    return [
        part
        for part, after in change.after.items()
        if kind_of(part) == "counter" and change.before[part] is not None and (after is None or after.get("retired"))
    ]


def ready_to_publish(setup: Mapping[str, Part]) -> bool:
    """Whether people would find something: services that a counter takes, and hours."""
    active = {name.partition(":")[2] for name, part in setup.items() if kind_of(name) == "service" and part["active"]}
    taken = {code for name, part in setup.items() if kind_of(name) == "counter" for code in part["services"]}
    return bool(active & taken) and bool(setup["hours"])


def untaken(setup: Mapping[str, Part]) -> Iterator[str]:
    """The names of active services that no counter takes."""
    taken = {code for name, part in setup.items() if kind_of(name) == "counter" for code in part["services"]}
    for name, part in setup.items():
        if kind_of(name) == "service" and part["active"] and name.partition(":")[2] not in taken:
            yield str(part["name"])
