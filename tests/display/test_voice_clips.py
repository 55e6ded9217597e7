"""A ward's own voice: what is wrong with its recordings is said before the hall hears it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from display.voice_clips import LARGEST, ClipSets, Fault, read_set
from tests.display.clips import mp3, ogg, record, tone


def test_a_set_whose_clips_are_all_there_has_nothing_to_complain_of(tmp_path: Path) -> None:
    clips = read_set(record(tmp_path, ["before", "a", "0"]))
    assert clips.has(["before", "a", "0"])
    assert clips.complaint(["before", "a", "0"]) is None


def test_wav_and_mp3_may_be_mixed_and_names_may_be_in_capitals(tmp_path: Path) -> None:
    tone(tmp_path / "A.WAV")
    mp3(tmp_path / "0.mp3")
    clips = read_set(tmp_path)
    assert (sorted(clips.clips), clips.faults) == (["0", "a"], {})


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda path: path.write_bytes(b""), "cannot be read"),
        (lambda path: path.write_bytes(b"no sound at all" * 40), "cannot be read"),
        (lambda path: path.write_bytes(tone(path).read_bytes()[:40]), "cannot be read"),
        (lambda path: path.write_bytes(tone(path, 1.0).read_bytes()[:6000]), "cannot be read"),
        (lambda path: tone(path, 0.05), "is 0.1 s long"),
        (lambda path: tone(path, 3.5), "is 3.5 s long"),
        (lambda path: tone(path, level=0.001), "is silent"),
        (lambda path: path.write_bytes(bytes(LARGEST + 1)), "is larger than 2 MB"),
    ],
    ids=["empty", "no sound", "only a head", "cut off", "too short", "too long", "silent", "too large"],
)
def test_a_recording_that_would_spoil_a_call_is_named(tmp_path: Path, make: Callable[[Path], object], fault: str) -> None:
    make(tmp_path / "5.wav")
    clips = read_set(tmp_path)
    assert {name: found.told() for name, found in clips.faults.items()} == {"5": fault}
    assert not clips.has(["5"])


def test_a_part_of_the_sentence_may_be_longer_than_a_word(tmp_path: Path) -> None:
    tone(tmp_path / "before.wav", 3.5)
    assert read_set(tmp_path).has(["before"])


def test_a_torn_mp3_is_no_mp3(tmp_path: Path) -> None:
    path = tmp_path / "5.mp3"
    path.write_bytes(mp3(path).read_bytes()[:200])
    assert read_set(tmp_path).faults.keys() == {"5"}


def test_an_mp3_that_promises_more_than_it_holds_is_cut_off(tmp_path: Path) -> None:
    mp3(tmp_path / "5.mp3", 0.3, promised=1.5)
    assert read_set(tmp_path).faults == {"5": Fault("cut")}


def test_an_ogg_is_checked_like_the_others(tmp_path: Path) -> None:
    for name, seconds in {"before": 3.5, "a": 0.4, "0": 3.5, "1": 0.06}.items():
        ogg(tmp_path / f"{name}.ogg", seconds)
    for name, size in {"2": -1, "3": 60}.items():
        whole = ogg(tmp_path / f"{name}.OGG")
        whole.write_bytes(whole.read_bytes()[:size])
    (tmp_path / "4.ogg").write_bytes(b"no sound at all" * 40)
    clips = read_set(tmp_path)
    assert sorted(clips.clips) == ["a", "before"]
    assert {name: fault.kind for name, fault in clips.faults.items()} == {
        "0": "length", "1": "length", "2": "cut", "3": "unreadable", "4": "unreadable",
    }  # fmt: skip


def test_an_ogg_that_needs_fewer_bits_than_its_head_hopes_for_is_whole(tmp_path: Path) -> None:
    """What a microphone's word comes to is half of what Vorbis names as its rate."""
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 1, 48000, 0, 500_000, 0, 0xB8, 1)
    path = ogg(tmp_path / "5.ogg", 2.0, head=head)
    assert read_set(tmp_path).has(["5"]), path.stat().st_size


def test_everything_that_is_wrong_stands_in_one_sentence(tmp_path: Path) -> None:
    folder = record(tmp_path / "vi", ["before", "a", "0", "1"])
    (folder / "1.wav").write_bytes(b"")
    complaint = read_set(folder).complaint(["before", "a", "0", "1", "2", "3"])
    assert complaint == f"{folder}: missing: 2, 3; not usable: 1 cannot be read."


def test_two_recordings_of_one_word_are_not_chosen_between(tmp_path: Path) -> None:
    record(tmp_path, ["5", "6"])
    mp3(tmp_path / "5.mp3")
    clips = read_set(tmp_path)
    assert (clips.faults, sorted(clips.clips)) == ({"5": Fault("twice")}, ["6"])


def test_what_is_no_recording_is_passed_over(tmp_path: Path) -> None:
    record(tmp_path, ["5"])
    (tmp_path / "readme.txt").write_text("ghi âm tháng 11")
    (tmp_path / "6.wav").mkdir()
    clips = read_set(tmp_path)
    assert (sorted(clips.clips), clips.faults) == (["5"], {})


def test_there_need_be_no_set(tmp_path: Path) -> None:
    clips = ClipSets(tmp_path).of("00070", "vi")
    assert (clips.clips, clips.has(["0"])) == ({}, False)


def test_a_recording_that_is_mended_is_used_without_a_new_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets, folder = ClipSets(tmp_path), tmp_path / "voice" / "00070" / "vi"
    (record(folder, ["5"]) / "5.wav").write_bytes(b"")
    assert not sets.of("00070", "vi").has(["5"])
    tone(folder / "5.wav")
    assert not sets.of("00070", "vi").has(["5"]), "the disk is not asked for every board"
    monkeypatch.setattr("display.voice_clips.LOOK_AGAIN_S", -1)
    assert sets.of("00070", "vi").has(["5"])
