"""What the hall hears."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from display.announce import Language, Style, call, counted, needed_clips, sentence, spoken_number
from office.call_sentence import ENGLISH, LONGEST, VIETNAMESE, parts_of, read_sentence


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
        ("vi", "digits", "Mời công dân có số thứ tự A không một hai đến quầy số ba"),
        ("vi", "grouped", "Mời công dân có số thứ tự A không mười hai đến quầy số ba"),
        ("en", "digits", "Number A zero one two, please go to counter three"),
    ],
)
def test_the_sentence_names_the_number_and_the_counter(language: Language, style: Style, said: str) -> None:
    assert sentence("A012", 3, language, style) == said


@given(st.integers(min_value=0, max_value=999), st.sampled_from(["vi", "en"]), st.sampled_from(["digits", "grouped"]))
def test_no_figure_is_left_to_the_voice(number: int, language: Language, style: Style) -> None:
    said = spoken_number(f"A{number:03d}", language, style)
    assert not any(character.isdecimal() for character in said)


@given(st.data(), st.sampled_from(["vi", "en"]), st.sampled_from(["digits", "grouped"]))
def test_two_different_numbers_never_sound_the_same(data: st.DataObject, language: Language, style: Style) -> None:
    one, other = data.draw(st.lists(st.integers(min_value=1, max_value=999), min_size=2, max_size=2, unique=True))
    assert spoken_number(f"A{one:03d}", language, style) != spoken_number(f"A{other:03d}", language, style)


# --- against somebody else's numbers ------------------------------------------------------------------------------


def like_num2words(value: int, language: Language) -> str:
    """What num2words says, with our choices, each of which is one line here.

    Vietnamese: "linh" where it says "lẻ" (the north says linh, and so do schools); "tư" for four after a ten or linh; a number
    over a thousand names its missing hundreds ("một nghìn không trăm linh năm"), or 1005 and 1500 are confused by ear.
    English: no comma after thousands, for a voice would make a pause of it.
    """
    said = num2words(value, lang=language)
    if language == "en":
        return said.replace(",", "")
    said = re.sub("(mươi|linh) bốn$", r"\1 tư", said.replace("lẻ", "linh").replace("mươi bốn nghìn", "mươi tư nghìn"))
    if value > 1000 and 0 < value % 1000 < 100:
        rest = said.split(" linh ", 1)[1]
        said = said.replace(f" linh {rest}", f" không trăm {'linh ' if value % 100 < 10 else ''}{rest}")
    return said


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_to_ten_thousand_is_read_as_num2words_does_but_for_our_choices(language: Language) -> None:
    different = [value for value in range(10_000) if counted(value, language).text != like_num2words(value, language)]
    assert different == []


@pytest.mark.parametrize(
    ("value", "ours", "theirs"),
    [
        (24, "hai mươi tư", "hai mươi bốn"),
        (104, "một trăm linh tư", "một trăm lẻ bốn"),
        (105, "một trăm linh năm", "một trăm lẻ năm"),
        (1005, "một nghìn không trăm linh năm", "một nghìn lẻ năm"),
        (1021, "một nghìn không trăm hai mươi mốt", "một nghìn lẻ hai mươi mốt"),
    ],
)
def test_where_we_differ_we_mean_to(value: int, ours: str, theirs: str) -> None:
    assert (counted(value, "vi").text, num2words(value, lang="vi")) == (ours, theirs)


# --- an office's own sentence, and its clips ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "said", "clips"),
    [
        ("", "Mời công dân có số thứ tự A không một hai đến quầy số ba", "before a 0 1 2 between 3"),
        ("Quầy {quay} mời số {so}", "Quầy ba mời số A không một hai", "before 3 between a 0 1 2"),
        ("Số {so}, quầy {quay}, xin cảm ơn.", "Số A không một hai, quầy ba, xin cảm ơn.", "before a 0 1 2 between 3 after"),
        ("{so} , {quay}. Xin mời!", "A không một hai, ba. Xin mời!", "a 0 1 2 3 after"),
    ],
)
def test_an_office_words_the_call_itself(template: str, said: str, clips: str) -> None:
    made = call("A012", 3, "vi", "digits", template)
    assert (made.text, " ".join(made.clips)) == (said, clips)


@pytest.mark.parametrize(
    ("label", "counter", "language", "clips"),
    [
        ("A025", 12, "vi", "before a 0 20 lam between 10 2"),
        ("B104", 4, "vi", "before b 1 tram linh tu between 4"),
        ("A115", 21, "vi", "before a 1 tram 10 lam between 20 mot"),
        ("A1005", 1, "vi", "before a 1 nghin 0 tram linh 5 between 1"),
        ("HK112", 12, "en", "before h k 1 hundred and 12 between 12"),
        ("A045", 3, "en", "before a 0 40 5 between 3"),
    ],
)
def test_the_clips_of_a_call_say_what_its_words_say(label: str, counter: int, language: Language, clips: str) -> None:
    assert " ".join(call(label, counter, language, "grouped").clips) == clips


def test_an_office_records_what_its_numbers_and_counters_need_and_no_more() -> None:
    digits = needed_clips("vi", "digits", VIETNAMESE, "AB", (1, 2, 12))
    assert set(digits) == {"before", "between", "a", "b", "10", *"0123456789"}
    tens = {str(ten) for ten in range(10, 100, 10)}
    grouped = needed_clips("vi", "grouped", VIETNAMESE, "AB", (1, 2))
    assert set(grouped) - set(digits) - tens == {"mot", "tu", "lam", "linh", "tram"}
    teens = {str(teen) for teen in range(11, 20)}
    assert set(needed_clips("en", "grouped", ENGLISH, "A", (1,))) - set(digits) - tens == {*teens, "hundred", "and"}


@given(st.integers(min_value=0, max_value=999), st.integers(min_value=1, max_value=12), st.sampled_from(["digits", "grouped"]))
def test_no_call_needs_a_clip_that_was_not_asked_for(number: int, counter: int, style: Style) -> None:
    for language, template in (("vi", VIETNAMESE), ("en", ENGLISH)):
        needed = needed_clips(language, style, template, "A", tuple(range(1, 13)))
        assert set(call(f"A{number:03d}", counter, language, style).clips) <= set(needed)


@pytest.mark.parametrize("sentence", [VIETNAMESE, ENGLISH, "Mời số {so}, quầy {quay}.", "Quầy {quay} – số {so}!"])
def test_a_sentence_that_can_be_said_is_kept_as_it_is(sentence: str) -> None:
    assert read_sentence(sentence) == sentence
    assert len(parts_of(sentence)) == 5


def test_blanks_and_letters_in_pieces_are_put_together() -> None:
    assert read_sentence("  Mo\u031b\u0300i  {so}   đến {quay} ") == "Mời {so} đến {quay}"


@pytest.mark.parametrize(
    "wrong",
    [
        "Mời đến quầy {quay}",
        "Mời số {so}",
        "Mời số {so}, số {so} đến quầy {quay}",
        "Mời {ten} số {so} đến quầy {quay}",
        "Mời số {so} đến quầy {quay} {",
        "Mời số {{so}} đến quầy {quay}",
        "Mời [[hE]] số {so} đến quầy {quay}",
        "Mời <b>số</b> {so} đến quầy {quay}",
        "{so} {quay}",
        "",
        f"Mời {'rất ' * 60}{{so}} {{quay}}",
    ],
)
def test_a_sentence_that_could_not_be_said_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"sentence|exactly|characters|cannot be said"):
        read_sentence(wrong)


def test_the_longest_sentence_is_still_accepted_and_one_letter_more_is_not() -> None:
    rest = LONGEST - len("Mời {so} đến {quay} ")
    assert len(read_sentence("Mời {so} đến {quay} " + "a" * rest)) == LONGEST
    with pytest.raises(ValueError, match="at most"):
        read_sentence("Mời {so} đến {quay} " + "a" * (rest + 1))
