from __future__ import annotations

import dataclasses
import json

from printer.slip import LABELS, Slip
from tests.printer.slips import EVERYDAY, LONG


def test_a_slip_is_the_same_after_it_was_kept_as_json() -> None:
    for slip in (EVERYDAY, LONG):
        assert Slip.from_dict(json.loads(json.dumps(slip.to_dict()))) == slip


def test_a_slip_of_a_later_version_is_still_understood() -> None:
    assert Slip.from_dict({**EVERYDAY.to_dict(), "colour": "red"}) == EVERYDAY


def test_both_languages_of_the_paper_have_every_word() -> None:
    assert LABELS["vi"].keys() == LABELS["en"].keys()


def test_how_many_are_ahead_is_said_in_words() -> None:
    said = {n: dataclasses.replace(EVERYDAY, people_ahead=n).people() for n in (None, 0, 1, 12)}
    assert said == {None: "", 0: "Sắp đến lượt", 1: "1 người", 12: "12 người"}
    english = dataclasses.replace(EVERYDAY, lang="en")
    assert dataclasses.replace(english, people_ahead=1).people() == "1 person"
    assert english.people() == "12 people"


def test_a_room_may_replace_a_word() -> None:
    slip = dataclasses.replace(EVERYDAY, labels={"title": "SỐ CỦA BẠN"})
    assert slip.label("title") == "SỐ CỦA BẠN"
    assert slip.label("reprint") == "BẢN IN LẠI"
