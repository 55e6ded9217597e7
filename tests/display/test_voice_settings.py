"""What an office may set of its voice."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from office.display_options import ENGINES
from office.settings import Settings, read_changes


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        *((f"voice_engine={engine}", engine) for engine in ENGINES),
        ("voice_style=grouped", "grouped"),
        ("voice_times=3", 3),
        ("voice_chime=no", False),
        ("voice_speed=80", 80),
        ("voice_set=co-lan_2026", "co-lan_2026"),
        ("voice_set=", ""),
        ("call_sentence=Quầy {quay}  mời số {so}.", "Quầy {quay} mời số {so}."),
        ("call_sentence_en=Counter {quay}: number {so}", "Counter {quay}: number {so}"),
        ("quiet_from=22:00", "22:00"),
        ("quiet_until=", ""),
    ],
)
def test_an_office_sets_its_voice(text: str, kept: object) -> None:
    assert list(read_changes([text]).values()) == [kept]


@pytest.mark.parametrize(
    "text",
    [
        "voice_engine=google",
        "voice_style=loud",
        "voice_times=0",
        "voice_times=4",
        "voice_speed=79",
        "voice_speed=241",
        "voice_set=../../etc",
        "voice_set=.hidden",
        "call_sentence=",
        "call_sentence=Mời {so}",
        "call_sentence_en=Number {so} to {counter}",
        "quiet_from=24:00",
        "quiet_until=sáng",
    ],
)
def test_what_no_voice_can_do_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        read_changes([text])


@pytest.mark.parametrize(
    ("settings", "quiet"),
    [
        ({}, None),
        ({"quiet_from": "22:00", "quiet_until": "06:00"}, ("22:00", "06:00")),
        ({"quiet_from": "22:00"}, None),
        ({"quiet_until": "06:00"}, None),
        ({"quiet_from": "12:00", "quiet_until": "12:00"}, None),
    ],
)
def test_quiet_hours_need_a_beginning_and_an_end(settings: dict[str, str], quiet: tuple[str, str] | None) -> None:
    assert Settings(**settings).quiet == quiet


def test_what_is_usual_can_be_typed_again() -> None:
    usual = {name: value for name, value in asdict(Settings()).items() if name.startswith(("voice", "call_sentence", "quiet"))}
    typed = [f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in usual.items()]
    assert read_changes(typed) == usual
