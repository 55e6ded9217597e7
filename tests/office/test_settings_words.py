"""Every setting has its words, every choice too, and what is wrong with a value is said in words."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from office import settings, settings_words
from office.settings import Settings, SettingWrong


def test_every_setting_stands_in_exactly_one_group() -> None:
    named = [setting.name for group in settings_words.groups() for setting in group.settings]
    assert sorted(named) == sorted(settings.names())


def test_every_setting_says_what_is_usual_and_every_choice_has_words() -> None:
    for name, value in asdict(Settings()).items():
        assert settings_words.value_words(name, value)
        for choice in settings.choices(name):
            assert settings_words.choice_words(name, choice) != choice


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("guard", "x", "số nguyên từ 0 đến 100000"),
        ("slot_minutes", "1", "từ 5 đến 240"),
        ("priority", "first", "chọn trong danh sách"),
        ("confirm_code", "maybe", "chọn trong danh sách"),
        ("book_from", "25:00", "giờ như 08:00"),
        ("call_sentence", "Mời {so}", "đúng một lần"),
        ("voice_set", "../x", "tên thư mục"),
    ],
)
def test_what_is_wrong_is_said_with_the_name_of_the_setting(name: str, text: str, words: str) -> None:
    with pytest.raises(SettingWrong) as refused:
        settings.read_setting(name, text)
    said = settings_words.wrong_words(refused.value)
    assert words in said
    assert settings_words.by_name()[name].label in said
