"""What people type: made usable, or refused with a sentence."""

from __future__ import annotations

import unicodedata

import pytest

from booking.forms import CODE_ALPHABET, clean_code, clean_name, e164, visitor
from core.refusals import FormRefused


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Nguyễn Thị Thử", "Nguyễn Thị Thử"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Thử"), "Nguyễn Thị Thử"),
        ("  Nguyễn   Thị  Thử ", "Nguyễn Thị Thử"),
        ("<b>Thử</b> & Con", "<b>Thử</b> & Con"),
        ("Y Thử'm", "Y Thử'm"),
        ("\u200bThử\u202e Con", "Thử Con"),
        ("Ng", "Ng"),
        ("Thử " * 20, ("Thử " * 20).strip()),
    ],
)
def test_a_name_is_kept_as_typed_in_composed_form(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "A", "Thử" * 30, "Thử\0", "Thử\nCon", "Thử\x1b[2J", "12345", "--", "\u200b\u200b"])
def test_a_name_that_cannot_be_used_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ .*\."):
        clean_name(typed)


@pytest.mark.parametrize(
    "typed", ["0912345678", "+84912345678", "84 912 345 678", " 0912.345.678 ", "(091) 234-5678", "٠٩١٢٣٤٥٦٧٨"]
)
def test_a_telephone_number_is_stored_in_one_form(typed: str) -> None:
    assert e164(typed) == "+84912345678"


@pytest.mark.parametrize("typed", ["", "  ", "abc", "0123", "1022", "091234567", "0" * 200, "\0", "0912345678" * 8])
def test_a_number_nobody_can_be_reached_at_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ .*\."):
        e164(typed)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(FormRefused) as refusal:
        visitor("", "abc", False)
    assert set(refusal.value.errors) == {"name", "phone", "consent"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [("k7m-4xp", "K7M4XP"), (" K7M 4XP ", "K7M4XP"), ("K7M4X0", None), ("", None), ("\0", None), ("' OR 1=1", None)],
)
def test_a_code_is_read_however_it_is_typed(typed: str, code: str | None) -> None:
    assert clean_code(typed) == code


def test_no_letter_of_a_code_is_taken_for_another() -> None:
    assert not set(CODE_ALPHABET) & set("IOQ01")
