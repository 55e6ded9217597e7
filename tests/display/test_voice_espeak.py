"""The server's own voice: a real program that may be slow, broken or away, and a cache that does not grow."""

from __future__ import annotations

import math
import os
import shutil
import threading
import wave
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from display.announce import Language, sentence
from display.voice_cache import SoundCache
from display.voice_espeak import CannotSpeak, Speaker
from display.voice_sounds import Sounds, Spoken
from tests import servers

KEYS = [f"{number:032x}" for number in range(8)]


@pytest.fixture
def speaker() -> Speaker:
    if shutil.which("espeak-ng") is None:
        servers.not_run("espeak-ng is not installed (apt-get install espeak-ng)")
    return Speaker()


def program(folder: Path, script: str) -> str:
    """A program that is there in place of espeak-ng; in it `$out` is the file it was told to write."""
    path = folder / "says-nothing"
    path.write_text(f'#!/bin/sh\nwhile [ "$1" != "-w" ]; do shift; done\nout="$2"\n{script}\n')
    path.chmod(0o755)
    return str(path)


def heard(path: Path) -> tuple[float, float, float, float]:
    """Of a sound: its seconds, its loudest moment and its mean level (shares of full scale), the share of it that is silent."""
    with wave.open(str(path)) as sound:
        samples, rate = array("h", sound.readframes(sound.getnframes())), sound.getframerate()
    step = rate // 20
    pieces = [max(map(abs, samples[at : at + step])) / 32768 for at in range(0, len(samples) - step, step)]
    level = math.sqrt(sum(value * value for value in samples) / len(samples)) / 32768
    return len(samples) / rate, max(pieces), level, sum(piece < 0.02 for piece in pieces) / len(pieces)


@pytest.mark.parametrize(("language", "shortest", "longest"), [("vi", 3.0, 7.0), ("en", 2.0, 6.0)])
def test_a_call_is_heard_neither_silent_nor_crackling(
    speaker: Speaker, tmp_path: Path, language: Language, shortest: float, longest: float
) -> None:
    speaker.speak(sentence("A012", 3, language), language, 130, tmp_path / "call.wav")
    seconds, peak, level, silent = heard(tmp_path / "call.wav")
    assert shortest < seconds < longest
    assert 0.3 < peak < 0.95, "loud, and never at the limit"
    assert level > 0.03
    assert silent < 0.4


def test_two_numbers_do_not_sound_the_same_and_a_slower_voice_takes_longer(speaker: Speaker, tmp_path: Path) -> None:
    for name, label, speed in (("one", "A012", 130), ("other", "A013", 130), ("slow", "A012", 90)):
        speaker.speak(sentence(label, 3), "vi", speed, tmp_path / f"{name}.wav")
    assert (tmp_path / "one.wav").read_bytes() != (tmp_path / "other.wav").read_bytes()
    assert heard(tmp_path / "slow.wav")[0] > heard(tmp_path / "one.wav")[0] * 1.2


@pytest.mark.parametrize("text", ["-w /etc/x", "--help", "$(touch {0}/x); `touch {0}/x` | & '\"", "<speak>{0}</speak>"])
def test_nothing_in_a_text_is_an_option_or_a_command(speaker: Speaker, tmp_path: Path, text: str) -> None:
    speaker.speak(f"{text.format(tmp_path)} A không một hai", "vi", 130, tmp_path / "said.wav")
    assert os.listdir(tmp_path) == ["said.wav"]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exec sleep 60", "timed out"),
        ("echo broken >&2; exit 3", "ended with 3"),
        ("exit 0", "no sound"),
        ("printf RIFF > $out", "no sound"),
    ],
    ids=["hangs", "fails", "writes nothing", "writes half"],
)
def test_a_voice_that_hangs_or_fails_says_so_at_once(tmp_path: Path, script: str, why: str) -> None:
    with pytest.raises(CannotSpeak, match=why):
        Speaker(program(tmp_path, script), patience_s=0.2).speak("một", "vi", 130, tmp_path / "x.wav")


def test_half_a_sound_is_none(speaker: Speaker, tmp_path: Path) -> None:
    speaker.speak("Mời công dân", "vi", 130, tmp_path / "whole.wav")
    half = tmp_path / "half.wav"
    half.write_bytes((tmp_path / "whole.wav").read_bytes()[:9000])
    with pytest.raises(CannotSpeak, match="long"):
        Speaker(program(tmp_path, f'cp "{half}" "$out"')).speak("một", "vi", 130, tmp_path / "x.wav")


def test_a_machine_without_the_program_says_so(tmp_path: Path) -> None:
    missing = Speaker(str(tmp_path / "not-there"))
    assert not missing.ready()
    with pytest.raises(CannotSpeak, match="not installed"):
        missing.speak("một", "vi", 130, tmp_path / "x.wav")


def test_more_sentences_at_once_than_processes_wait_or_are_refused(tmp_path: Path) -> None:
    speaker = Speaker(program(tmp_path, "exec sleep 60"), patience_s=0.3)

    def why(number: int) -> str:
        with pytest.raises(CannotSpeak) as refused:
            speaker.speak("một", "vi", 130, tmp_path / f"{number}.wav")
        return str(refused.value)

    with ThreadPoolExecutor(6) as people:
        told = list(people.map(why, range(6)))
    assert sum("others" in one for one in told) >= 2


# --- the cache ----------------------------------------------------------------------------------------------------


def test_what_was_made_is_found_again(tmp_path: Path) -> None:
    cache = SoundCache(tmp_path / "sounds")
    assert cache.find(KEYS[0]) is None
    made = cache.keep(KEYS[0], lambda path: path.write_bytes(b"sound"))
    assert cache.find(KEYS[0]) == made
    assert made.read_bytes() == b"sound"


def test_a_sound_that_could_not_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    cache = SoundCache(tmp_path / "sounds")

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise CannotSpeak("broken")

    with pytest.raises(CannotSpeak):
        cache.keep(KEYS[0], fail)
    assert cache.find(KEYS[0]) is None
    assert list((tmp_path / "sounds").iterdir()) == []


def test_the_cache_throws_away_what_was_unused_longest(tmp_path: Path) -> None:
    cache = SoundCache(tmp_path, most_bytes=4000)
    for place, key in enumerate(KEYS[:4]):
        os.utime(cache.keep(key, lambda path: path.write_bytes(bytes(1000))), ns=(place, place))
    assert cache.find(KEYS[0]), "asked for again just now"
    cache.keep(KEYS[4], lambda path: path.write_bytes(bytes(1000)))
    kept = [key for key in KEYS if cache.find(key)]
    assert kept == [KEYS[0], KEYS[3], KEYS[4]]


def test_what_a_killed_process_left_half_made_is_cleared_away(tmp_path: Path) -> None:
    left, making = tmp_path / "left.part", tmp_path / "making.part"
    for part in (left, making):
        part.write_bytes(b"half")
    os.utime(left, ns=(1, 1))
    SoundCache(tmp_path).keep(KEYS[0], lambda path: path.write_bytes(b"sound"))
    assert (left.exists(), making.exists()) == (False, True)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "x" * 32, KEYS[0] + "0", KEYS[0].upper() + "/"])
def test_what_is_no_key_is_no_file(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        SoundCache(tmp_path).find(key)


def test_thirty_displays_that_ask_at_once_are_read_one_sound_for_all(tmp_path: Path) -> None:
    made: list[str] = []
    begun = threading.Event()

    class Slow(Speaker):
        def speak(self, text: str, language: Language, speed: int, target: Path) -> None:
            made.append(text)
            begun.wait(0.2)
            target.write_bytes(b"sound")

    sounds, sentence = Sounds(tmp_path, Slow()), Spoken("một", "vi", 130)
    with ThreadPoolExecutor(30) as displays:
        found = list(displays.map(lambda _display: sounds.make(KEYS[0], sentence).read_bytes(), range(30)))
    assert (found, made) == ([b"sound"] * 30, ["một"])


def test_a_key_stands_for_what_is_said_and_how_and_for_this_server() -> None:
    said = Spoken("một", "vi", 130)
    others = [Spoken("hai", "vi", 130), Spoken("một", "en", 130), Spoken("một", "vi", 131)]
    assert len({said.key("ours"), said.key("theirs"), *(other.key("ours") for other in others)}) == 5
