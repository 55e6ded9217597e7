"""What the hall hears."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.announce import Language, Style, sentence, spoken_number


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("A012", "A không một hai"),
        ("A000", "A không không không"),
        ("C105", "C một không năm"),
        ("H999", "H chín chín chín"),
        ("A1000", "A một không không không"),
        ("HK047", "H K không bốn bảy"),
        ("a047", "A không bốn bảy"),
        ("047", "không bốn bảy"),
    ],
)
def test_a_number_is_said_digit_by_digit(label: str, words: str) -> None:
    assert spoken_number(label) == words


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("A001", "A không không một"),
        ("A004", "A không không bốn"),
        ("A005", "A không không năm"),
        ("A010", "A không mười"),
        ("A011", "A không mười một"),
        ("A014", "A không mười bốn"),
        ("A015", "A không mười lăm"),
        ("A020", "A không hai mươi"),
        ("A021", "A không hai mươi mốt"),
        ("A024", "A không hai mươi tư"),
        ("A025", "A không hai mươi lăm"),
        ("A055", "A không năm mươi lăm"),
        ("A091", "A không chín mươi mốt"),
        ("A100", "A một trăm"),
        ("A101", "A một trăm linh một"),
        ("A104", "A một trăm linh tư"),
        ("A105", "A một trăm linh năm"),
        ("A110", "A một trăm mười"),
        ("A115", "A một trăm mười lăm"),
        ("A121", "A một trăm hai mươi mốt"),
        ("A555", "A năm trăm năm mươi lăm"),
        ("A1000", "A một nghìn"),
        ("A1005", "A một nghìn không trăm linh năm"),
        ("A1234", "A một nghìn hai trăm ba mươi tư"),
        ("A000", "A không không không"),
    ],
)
def test_a_number_can_be_said_the_way_people_read_it(label: str, words: str) -> None:
    assert spoken_number(label, "vi", "grouped") == words


@pytest.mark.parametrize(
    ("label", "style", "words"),
    [
        ("A012", "digits", "A zero one two"),
        ("A012", "grouped", "A zero twelve"),
        ("A045", "grouped", "A zero forty-five"),
        ("A060", "grouped", "A zero sixty"),
        ("A100", "grouped", "A one hundred"),
        ("A105", "grouped", "A one hundred and five"),
        ("A999", "grouped", "A nine hundred and ninety-nine"),
        ("A1005", "grouped", "A one thousand and five"),
        ("A1200", "grouped", "A one thousand two hundred"),
    ],
)
def test_a_foreigner_hears_the_number_in_english(label: str, style: Style, words: str) -> None:
    assert spoken_number(label, "en", style) == words


@pytest.mark.parametrize(
    ("language", "style", "said"),
    [
        ("vi", "digits", "Mời công dân có số thứ tự A không một hai đến quầy số 3"),
        ("vi", "grouped", "Mời công dân có số thứ tự A không mười hai đến quầy số 3"),
        ("en", "digits", "Number A zero one two, please go to counter 3"),
    ],
)
def test_the_sentence_names_the_number_and_the_counter(language: Language, style: Style, said: str) -> None:
    assert sentence("A012", "3", language, style) == said


@given(st.integers(min_value=0, max_value=999), st.sampled_from(["vi", "en"]), st.sampled_from(["digits", "grouped"]))
def test_no_figure_is_left_to_the_voice(number: int, language: Language, style: Style) -> None:
    said = spoken_number(f"A{number:03d}", language, style)
    assert not any(character.isdecimal() for character in said)


@given(st.data(), st.sampled_from(["vi", "en"]), st.sampled_from(["digits", "grouped"]))
def test_two_different_numbers_never_sound_the_same(data: st.DataObject, language: Language, style: Style) -> None:
    one, other = data.draw(st.lists(st.integers(min_value=1, max_value=999), min_size=2, max_size=2, unique=True))
    assert spoken_number(f"A{one:03d}", language, style) != spoken_number(f"A{other:03d}", language, style)
