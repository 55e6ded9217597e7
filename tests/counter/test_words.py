"""Every sentence a script draws with is handed to it, and none is handed over for nothing."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from counter import door_words, words
from queueing import hearing_rules
from tests.conftest import ROOT

SCRIPTS = ROOT / "counter" / "static" / "counter"
CONSOLE = (
    "acts", "board", "choices", "console", "desk", "heard", "lists", "server", "sheets", "stops", "strip", "toast", "visit",
)  # fmt: skip
DOOR = (
    "door", "door_find", "door_hand", "door_line", "door_room", "door_take", "hand_rules", "server", "sheets", "stops", "visit",
)  # fmt: skip
FAMILIES = ("state_", "ticket_", "printer_", "live_", "outcome_", "list_", "none_", "serve_", "heard_")
"""Words a script puts together: `live_` and the state of the connection."""


def used_in(*names: str) -> set[str]:
    text = "".join((SCRIPTS / f"{name}.js").read_text() for name in names)
    asked = set(re.findall(r"words\.(\w+)", text))
    # Why something cannot be done, and what is wrong with a row, is decided by a rule that names the sentence.
    ruled = [(SCRIPTS / f"{name}.js").read_text() for name in ("board", "hand_rules") if name in names]
    return asked | {word for rule in ruled for word in re.findall(r"\"([a-z]+_\w+)\"", rule)}


@pytest.mark.parametrize(("given", "scripts"), [(words.console(), CONSOLE), (door_words.door(), DOOR)])
def test_every_sentence_a_script_says_is_there(given: dict[str, str], scripts: tuple[str, ...]) -> None:
    assert used_in(*scripts) - set(given) == set()


def test_no_sentence_is_there_for_nothing() -> None:
    used = used_in(*CONSOLE, *DOOR)
    given = set(words.console()) | set(door_words.door())
    assert {word for word in given - used if not word.startswith(FAMILIES)} == set()


def test_every_state_has_its_words() -> None:
    for state in ("ok", "near_end", "paper_out", "cover", "off", "unknown"):
        assert words.console()[f"printer_{state}"]
    for board in get_args(hearing_rules.Board):
        assert words.console()[f"heard_board_{board}"]
    for voice in filter(None, get_args(hearing_rules.Voice)):
        assert words.console()[f"heard_voice_{voice}"]
    for state in ("on_time", "expected", "late", "already", "returned"):
        assert door_words.door()[f"outcome_{state}"]
