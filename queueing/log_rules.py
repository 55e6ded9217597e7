"""The log of an office's line: how an entry is written, how it is chained to the one before, what stands out in it. Pure.

The canonical form is what docs/fairness.md promises to outsiders: change nothing here that changes it. An entry is the JSON
object `{at, before, detail, n, office, on, ticket, what}` in UTF-8 with sorted keys and no spaces; its hash is the SHA-256 of
that, in hexadecimal. `before` is the hash of entry n - 1, and `START` for the first.

What a new stretch of a ticket's life is called (`what_of`):

| from                 | to                  | why              | what           |
|----------------------|---------------------|------------------|----------------|
| nothing              | any                 |                  | `taken`        |
| any                  | called              |                  | `called`       |
| called               | serving             |                  | `served`       |
| held                 | serving, waiting    |                  | `resumed`      |
| any                  | waiting             | `transferred`    | `transferred`  |
| any                  | waiting             | `further`        | `went_on`      |
| any                  | waiting             | `wrong_person`   | `wrong_person` |
| any                  | waiting             | `counter_silent` | `released`     |
| missed, done         | waiting             |                  | `returned`     |
| called               | waiting             | none of these    | `unanswered`   |
| any                  | held                |                  | `held`         |
| any                  | missed              |                  | `absent`       |
| any                  | done                |                  | `finished`     |
| any                  | cancelled           |                  | `cancelled`    |
| any                  | expired             | `carried`        | `carried`      |
| any                  | expired             |                  | `expired`      |
| called, serving      | the same            | `handed_over`    | `handed_over`  |
| any                  | anything else       |                  | `changed`      |

What the states alone do not tell (it was taken back, only the service was changed) the verb says itself.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from queueing.rules import BY_HAND

START = "0" * 64
"""What the first entry of an office follows."""
SHORTEST_HASH = 16
"""So many digits of a printed hash at least are compared: fewer could be met by trying."""
MARK_DIGITS = 8

_ARRIVED = {
    "called": "called", "held": "held", "missed": "absent", "done": "finished", "cancelled": "cancelled", "expired": "expired",
}  # fmt: skip
_BACK_IN_LINE = {
    "transferred": "transferred", "further": "went_on", "wrong_person": "wrong_person", "counter_silent": "released",
}  # fmt: skip
_HANDLED = frozenset({"priority", "undone", "released", "wrong_person"})
"""Besides calls: what somebody decided about a place in the line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `hash` is what is stored beside it: whether it is right, `broken` says."""

    office: str
    n: int
    on: date
    at: datetime
    what: str
    ticket: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    hash: str = ""

    @property
    def name(self) -> str:
        """How the entry is named in a sentence."""
        number = self.detail.get("number")
        return f"Entry {self.n} ({self.what}{f' {number}' if number else ''})"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written. `n` is the entry it was found at; None when no entry tells of it."""

    n: int | None
    code: str
    sentence: str


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, always with six digits of microseconds: `2026-11-23T02:00:00.000000Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def plain(value: Any) -> Any:
    """`value` as the log keeps it: instants and days as text; no fractions, which programs write in different ways."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return int(value) if value.is_integer() else str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def _json(thing: Mapping[str, Any]) -> bytes:
    return json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def written(entry: Entry, before: str, **more: str) -> bytes:
    """The canonical form of an entry that follows the one with the hash `before`; `more` members only for an export."""
    return _json(
        {
            "office": entry.office,
            "n": entry.n,
            "on": entry.on.isoformat(),
            "at": instant(entry.at),
            "what": entry.what,
            "ticket": entry.ticket,
            "detail": entry.detail,
            "before": before,
        }
        | more
    )


def chained(entry: Entry, before: str) -> str:
    """The hash of an entry that follows the one with the hash `before`."""
    return hashlib.sha256(written(entry, before)).hexdigest()


def broken(entry: Entry, n_before: int, before: str) -> Finding | None:
    """What is wrong with an entry that is read after entry `n_before` with the hash `before`; None when it follows."""
    if entry.n > n_before + 1:
        return Finding(n_before + 1, "missing", f"Entry {n_before + 1} is missing: after {n_before} comes {entry.n}.")
    if entry.n <= n_before:
        return Finding(entry.n, "order", f"{entry.name} stands in the wrong place: it comes after entry {n_before}.")
    if chained(entry, before) != entry.hash:
        sentence = f"{entry.name} is not what was written: its hash does not follow from its content and entry {n_before}."
        return Finding(entry.n, "changed", sentence)
    return None


def check_chain(entries: Iterable[Entry], n_before: int = 0, before: str = START) -> Finding | None:
    """The first entry where the chain breaks; None when it holds. It begins after entry `n_before` with the hash `before`."""
    for entry in entries:
        found = broken(entry, n_before, before)
        if found is not None:
            return found
        n_before, before = entry.n, entry.hash
    return None


def policy_mark(rules: Mapping[str, Any]) -> str:
    """A short mark of an office's policy: every entry carries that of the policy it was written under."""
    return hashlib.sha256(_json(rules)).hexdigest()[:MARK_DIGITS]


def in_groups(digest: str, size: int = 4) -> str:
    """A hash as people compare it: `3f2a 81c0 ...`."""
    return " ".join(digest[start : start + size] for start in range(0, len(digest), size))


def is_printed(printed: str, digest: str) -> bool:
    """Whether what somebody typed from paper is this hash, or the beginning of it of at least `SHORTEST_HASH` digits."""
    typed = "".join(printed.split()).lower()
    return len(typed) >= SHORTEST_HASH and digest.startswith(typed)


# --- what an entry is called, and which stand out ---------------------------------------------------------------------


def what_of(before: str | None, after: str, why: str) -> str:
    """What a change of state is called: the table above."""
    if before is None:
        return "taken"
    if why == "handed_over" and before == after:
        return "handed_over"
    if after == "waiting":
        back = {"held": "resumed", "missed": "returned", "done": "returned", "called": "unanswered"}
        return _BACK_IN_LINE.get(why) or back.get(before, "changed")
    if after == "serving":
        return {"called": "served", "held": "resumed"}.get(before, "changed")
    if after == "expired" and why == "carried":
        return "carried"
    return _ARRIVED.get(after, "changed")


def by_hand(entries: Iterable[Entry]) -> set[int]:
    """The `n` of those entries that tell of a move a person decided, not the rule: they stand out on every list.

    | entry                                                                  | by hand |
    |------------------------------------------------------------------------|---------|
    | a call with the reason `by_hand`                                       | yes     |
    | a number that was written by hand and entered later                    | yes     |
    | priority set or removed, something taken back, back from a silent counter | yes  |
    | whoever came is not the person who booked: a walk-in from now on       | yes     |
    | served after being held out of the line, without a call                | yes     |
    | everything else                                                        | no      |

    `entries` are those of a day, from its beginning: the last row but one needs what was before.
    """
    marked, in_line = set(), set()
    for entry in entries:
        state = entry.detail.get("state")
        if _decided(entry) or (state == "serving" and entry.ticket in in_line):
            marked.add(entry.n)
        if state == "waiting":
            in_line.add(entry.ticket)
        elif state is not None and state != "held":
            in_line.discard(entry.ticket)
    return marked


def _decided(entry: Entry) -> bool:
    if entry.what == "called":
        return bool(entry.detail.get("call", {}).get("reason") == BY_HAND)
    if entry.what == "taken":
        return entry.detail.get("how") == "paper"
    return entry.what in _HANDLED


def by_hand_of_staff(entries: Sequence[Entry]) -> dict[int, int]:
    """How many moves by hand each staff member (id) made, most first."""
    marked = by_hand(entries)
    staff = [entry.detail["staff"] for entry in entries if entry.n in marked and "staff" in entry.detail]
    return dict(sorted(Counter(staff).items(), key=lambda each: (-each[1], each[0])))
