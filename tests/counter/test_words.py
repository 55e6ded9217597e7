"""Every sentence a script draws with is handed to it, and none is handed over for nothing."""

from __future__ import annotations

import re

import pytest

from counter import words
from tests.conftest import ROOT

SCRIPTS = ROOT / "counter" / "static" / "counter"
CONSOLE = ("acts", "board", "console", "desk", "lists", "server", "visit")
FAMILIES = ("state_", "ticket_", "printer_", "live_", "outcome_", "list_", "none_")
"""Words a script puts together: `live_` and the state of the connection."""


def used_in(*names: str) -> set[str]:
    text = "".join((SCRIPTS / f"{name}.js").read_text() for name in names)
    asked = set(re.findall(r"words\.(\w+)", text))
    refused = set(re.findall(r"\"(\w+_\w+)\"", (SCRIPTS / "board.js").read_text())) if "board" in names else set()
    return asked | refused


@pytest.mark.parametrize(("given", "scripts"), [(words.console(), CONSOLE), (words.door(), ("door", "server", "visit"))])
def test_every_sentence_a_script_says_is_there(given: dict[str, str], scripts: tuple[str, ...]) -> None:
    assert used_in(*scripts) - set(given) == set()


def test_no_sentence_is_there_for_nothing() -> None:
    used = used_in(*CONSOLE, "door")
    given = set(words.console()) | set(words.door())
    assert {word for word in given - used if not word.startswith(FAMILIES)} == set()


def test_every_state_has_its_words() -> None:
    for state in ("ok", "near_end", "paper_out", "cover", "off", "unknown"):
        assert words.console()[f"printer_{state}"]
    for state in ("on_time", "expected", "late", "already", "returned"):
        assert words.door()[f"outcome_{state}"]
