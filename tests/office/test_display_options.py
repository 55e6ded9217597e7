"""What may be set for one screen of the hall."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from office.display_options import DisplayOptions, WrongOption, read_options
from office.display_words import wrong_option_words

SIGN = DisplayOptions(layout="counter", counter=3)


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ({}, DisplayOptions()),
        ({"layout": "", "volume": " ", "quiet_from": "", "quiet_until": ""}, DisplayOptions()),
        ({"layout": "led", "volume": "40", "engine": "chime"}, DisplayOptions(layout="led", volume=40, engine="chime")),
        ({"layout": "counter", "counter": " 3 "}, SIGN),
        ({"layout": "wall", "counter": "3"}, DisplayOptions()),
        ({"quiet_from": "11:30", "quiet_until": "13:30"}, DisplayOptions(quiet=("11:30", "13:30"))),
    ],
)
def test_a_form_gives_the_options_of_a_screen_and_they_are_kept(typed: dict[str, str], options: DisplayOptions) -> None:
    assert read_options(typed) == options
    assert DisplayOptions.of(options.stored()) == options


def test_a_screen_counts_the_fields_chosen_for_it_once_each() -> None:
    options = read_options({}, ["Hộ tịch", "", "Cư trú", "Hộ tịch"])
    assert options.fields == ("Hộ tịch", "Cư trú")
    assert DisplayOptions.of(options.stored()) == options


@pytest.mark.parametrize(
    ("typed", "fields", "wrong"),
    [
        ({"layout": "round"}, (), "layout"),
        ({"layout": "counter"}, (), "counter"),
        ({"layout": "counter", "counter": "0"}, (), "counter"),
        ({"layout": "counter", "counter": "ba"}, (), "counter"),
        ({"volume": "101"}, (), "volume"),
        ({"volume": "-1"}, (), "volume"),
        ({"engine": "cloud"}, (), "engine"),
        ({"quiet_from": "11:30"}, (), "quiet"),
        ({"quiet_from": "11:30", "quiet_until": "25:00"}, (), "quiet"),
        ({}, [f"Lĩnh vực {n}" for n in range(13)], "fields"),
    ],
)
def test_an_option_no_screen_can_have_is_refused_with_what_to_mend(
    app: Flask, typed: dict[str, str], fields: list[str], wrong: str
) -> None:
    with pytest.raises(WrongOption) as refused:
        read_options(typed, fields)
    assert refused.value.option == wrong
    with app.test_request_context():
        assert wrong_option_words(wrong)


@pytest.mark.parametrize(
    ("stored", "options"),
    [
        ({"layout": "round", "volume": 40}, DisplayOptions(volume=40)),
        ({"layout": "counter"}, DisplayOptions()),
        ({"layout": "counter", "counter": True}, DisplayOptions()),
        ({"counter": 3}, DisplayOptions()),
        ({"quiet": "11:30", "engine": None, "fields": "Hộ tịch", "colour": "blue"}, DisplayOptions()),
        ({"layout": "counter", "counter": 3}, SIGN),
    ],
)
def test_what_was_stored_wrongly_never_leaves_a_screen_dark(stored: dict[str, Any], options: DisplayOptions) -> None:
    assert DisplayOptions.of(stored) == options


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ({}, SIGN),
        ({"counter": "5"}, DisplayOptions(layout="counter", counter=5)),
        ({"layout": "led"}, DisplayOptions(layout="led")),
        ({"layout": "round"}, DisplayOptions()),
        ({"volume": "0", "engine": "off", "fields": "Hộ tịch"}, DisplayOptions("counter", 3, volume=0, engine="off")),
    ],
)
def test_an_address_shows_another_layout_for_a_look(query: dict[str, str], options: DisplayOptions) -> None:
    assert SIGN.looked_at(query) == options
