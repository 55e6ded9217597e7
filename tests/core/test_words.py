"""Vietnamese text: composed, folded."""

from __future__ import annotations

import unicodedata

import pytest

from core.words import fold, nfc


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Phường Hoàn Kiếm", "phuong hoan kiem"),
        ("HOÀN  KIẾM ", "hoan kiem"),
        ("Hòa", "hoa"),
        ("Hoà", "hoa"),
        ("Đống Đa", "dong da"),
        ("Ô Chợ Dừa", "o cho dua"),
        ("", ""),
    ],
)
def test_folding_forgets_tones_marks_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


def test_text_is_composed_and_trimmed() -> None:
    assert nfc(unicodedata.normalize("NFD", "  Nguyễn   Thị Thử ")) == "Nguyễn Thị Thử"
