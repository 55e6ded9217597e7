"""Names and phones on a list that somebody else may see."""

from __future__ import annotations

from booking.masks import masked_name, masked_phone


def test_a_masked_name_keeps_the_first_word_and_a_masked_phone_three_digits() -> None:
    assert masked_name("Nguyễn Thị Thử") == "Nguyễn T. T."
    assert masked_name("Thử") == "T."
    assert masked_phone("+84912345678") == "••• 678"
