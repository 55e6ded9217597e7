"""The hall's voice in a real browser: every call once, in order, never two at a time, and nothing stops it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.voice_hall import VoiceHall, voice_hall
from tests.display.clips import mp3, ogg, tone

pytestmark = pytest.mark.browser

TEN = [f"A{number:03d}" for number in range(1, 11)]


@pytest.fixture(scope="module")
def page_of_hall(chromium: Browser) -> Iterator[VoiceHall]:
    with voice_hall(chromium) as hall:
        yield hall


@pytest.fixture
def hall(page_of_hall: VoiceHall) -> VoiceHall:
    return page_of_hall


def said(happened: list[str]) -> list[str]:
    return [line.removeprefix("say ") for line in happened if line.startswith("say ")]


def once(number: str, how: str = "voice") -> list[str]:
    """What happens to a call that is said twice."""
    saying = [f"say {number}", f"end {number}"]
    return [f"start {number}", *saying, f"spoken {number} {how}", *saying]


# --- the line -----------------------------------------------------------------------------------------------------


def test_ten_calls_in_one_second_are_all_said_in_order_exactly_once_and_never_over_one_another(hall: VoiceHall) -> None:
    happened = hall.begin(pace={"mostLateMs": 1_000_000}).run(f"calls(...{TEN!r})")
    assert happened == [line for number in TEN for line in once(number)]
    assert hall.evaluate("fake.most") == 1
    assert all(not (one.startswith("say") and not other.startswith("end")) for one, other in pairwise(happened))


def test_a_call_that_comes_while_another_is_said_waits_for_its_end(hall: VoiceHall) -> None:
    happened = hall.begin().run("voice.say(call('A001')); setTimeout(() => voice.say(call('A002')), 12)")
    assert happened == once("A001") + once("A002")


def test_a_call_again_of_what_still_waits_makes_one_announcement_at_the_first_ones_turn(hall: VoiceHall) -> None:
    script = "calls('A001', 'A002', 'A003'); voice.say(call('A002', {times: 2}))"
    assert hall.begin().run(script) == once("A001") + once("A002") + once("A003")


def test_a_call_again_of_what_is_being_said_is_said_again(hall: VoiceHall) -> None:
    happened = hall.begin().run("voice.say(call('A001')); setTimeout(() => voice.say(call('A001', {times: 2})), 15)")
    assert happened == once("A001") * 2


def test_who_has_come_meanwhile_is_not_called_any_more(hall: VoiceHall) -> None:
    script = "calls('A001', 'A002', 'A003'); gone.A002 = true"
    assert hall.begin().run(script) == once("A001") + once("A003")


def test_who_comes_at_the_first_saying_is_not_called_a_second_time(hall: VoiceHall) -> None:
    happened = hall.begin().run("atStart = (call) => setTimeout(() => { gone[call.number] = true; }, 8); voice.say(call('A001'))")
    assert happened == ["start A001", "say A001", "end A001", "spoken A001 voice"], "and what had begun was not cut off"


def test_a_long_line_is_said_shorter_and_nobody_is_left_out(hall: VoiceHall) -> None:
    happened = hall.begin(pace={"mostLateMs": 10}).run(f"calls(...{TEN!r})")
    assert happened == [line for number in TEN for line in once(number)[:4]], "said once, for twice would take two minutes"
    hall.evaluate("log.length = 0")
    assert hall.run("calls('A011')") == once("A011"), "and twice again when the line is short"


def test_what_was_taken_in_english_is_called_in_both_languages(hall: VoiceHall) -> None:
    both = "{lang: 'vi', text: 'Mời số A001', clips: []}, {lang: 'en', text: 'Number A001, please', clips: []}"
    happened = hall.begin().run(f"voice.say(call('A001', {{speech: [{both}]}}))")
    assert said(happened) == ["A001", "A001,"] * 2


def test_an_office_may_have_a_call_said_once_or_without_the_chime(hall: VoiceHall) -> None:
    assert hall.begin(wish={"times": 1, "chime": False}).run("voice.say(call('A001'))") == once("A001")[:4]


# --- what breaks --------------------------------------------------------------------------------------------------


def test_a_voice_that_never_ends_does_not_stop_the_hall(hall: VoiceHall) -> None:
    hall.begin(wish={"times": 1}, pace={"overMs": -4000})  # a sentence's end is due 0.4 s after its beginning
    happened = hall.run("fake.mode = 'endless'; calls('A001', 'A002'); setTimeout(() => { fake.mode = 'good' }, 200)")
    assert happened[:4] == ["start A001", "say A001", "cancel", "spoken A001 voice"]
    assert happened[-1] == "spoken A002 voice"


def test_a_voice_that_never_begins_leaves_the_chime_and_is_not_waited_for_every_time(hall: VoiceHall) -> None:
    happened = hall.begin(pace={"startMs": 30}).run("fake.mode = 'mute'; calls('A001', 'A002')")
    told = [line for line in happened if line != "cancel"]
    assert told == ["start A001", "spoken A001 chime", "start A002", "spoken A002 chime"]
    assert happened.count("cancel") == 2, "tried twice for the first call, and left alone for the second"


def test_a_page_that_fails_does_not_silence_the_calls(hall: VoiceHall) -> None:
    happened = hall.begin().run("atStart = () => { throw new Error('drawn wrong'); }; calls('A001', 'A002')")
    assert happened == once("A001") + once("A002")


def test_a_machine_that_slept_waits_for_the_present_board_before_it_says_what_it_still_has(hall: VoiceHall) -> None:
    hall.begin(pace={"asleepMs": 200, "freshMs": 2000})
    happened = hall.run("""
      calls('A001', 'A002', 'A003');
      atStart = () => { atStart = null; const till = Date.now() + 260; while (Date.now() < till); };
      setTimeout(() => { gone.A002 = true; voice.follow(board()); }, 400);
    """)
    assert [line for line in happened if line.startswith("start")] == ["start A001", "start A001", "start A003"]
    assert said(happened)[-2:] == ["A003", "A003"]


def test_a_machine_that_slept_and_hears_nothing_of_the_board_goes_on_by_itself(hall: VoiceHall) -> None:
    hall.begin(pace={"asleepMs": 200, "freshMs": 60})
    happened = hall.run("const till = Date.now() + 260; while (Date.now() < till); voice.say(call('A001'))")
    assert happened == once("A001")


# --- sound or none ------------------------------------------------------------------------------------------------


def test_before_the_first_touch_calls_are_shown_and_the_board_says_that_it_is_blocked_and_one_touch_proves_the_sound(
    hall: VoiceHall,
) -> None:
    state, happened, most = hall.untouched("""
      document.addEventListener("pointerdown", async () => {
        log.length = 0;
        const sounds = await voice.start();
        console.log(JSON.stringify([sounds, await voice.trial(), voice.state(), log]));
      });
      const state = voice.state();
      calls("A001", "A002");
      console.log(JSON.stringify([state, await idle(), fake.most]));
    """)
    assert (state, most) == ("blocked", 0)
    assert happened == ["start A001", "spoken A001 none", "start A002", "spoken A002 none"]
    assert hall.touch() == [True, "voice", "on", ["say 000", "end 000"]]


def test_a_trial_never_cuts_into_a_call(hall: VoiceHall) -> None:
    hall.begin()
    assert hall.evaluate("voice.say(call('A001')), voice.trial()") == "busy"


@pytest.mark.parametrize(
    ("options", "wish", "state", "how"),
    [
        ({"volume": 0}, {}, "muted", "none"),
        ({"engine": "off"}, {}, "muted", "none"),
        ({}, {"engine": "off"}, "muted", "none"),
        ({"engine": "chime"}, {"chime": False}, "on", "chime"),
        ({"engine": "chime"}, {"engine": "off"}, "on", "chime"),
        ({"quiet": ["00:00", "23:59"]}, {}, "quiet", "none"),
        ({}, {"quiet": ["00:00", "23:59"]}, "quiet", "none"),
        ({"quiet": ["09:00", "09:00"]}, {"quiet": ["00:00", "23:59"]}, "on", "voice"),
    ],
)
def test_the_board_says_whether_it_is_heard(
    hall: VoiceHall, options: dict[str, object], wish: dict[str, object], state: str, how: str
) -> None:
    hall.begin(wish=wish, **options)
    assert hall.evaluate("voice.state()") == state
    assert f"spoken A001 {how}" in hall.run("voice.say(call('A001'))")


def test_half_the_volume_is_heard_as_half_as_loud(hall: VoiceHall) -> None:
    hall.begin(volume=50).run("voice.say(call('A001'))")
    assert hall.evaluate("fake.volume") == 0.25


# --- sounds of the server -----------------------------------------------------------------------------------------


def wav(folder: Path, seconds: float = 0.05) -> bytes:
    return tone(folder / "tone.wav", seconds).read_bytes()


CLIPS = "['/clips/before', '/clips/a']"


def one_call(clips: str = "[]", number: int = 1) -> str:
    """A call of A001 that the server has a sound for."""
    return f"call('A00{number}', {{speech: [{{lang: 'vi', text: 'Mời số A001', clips: {clips}, audio: '/said/{number}.wav'}}]}})"


@pytest.mark.parametrize(
    ("engine", "files", "asked", "browser"),
    [
        ("auto", ["/clips/before", "/clips/a"], ["/clips/before", "/clips/a"], 0),
        ("auto", ["/said/1.wav"], ["/clips/before", "/clips/a", "/said/1.wav"], 0),
        ("auto", ["/clips/before", "/said/1.wav"], ["/clips/before", "/clips/a", "/said/1.wav"], 0),
        ("auto", [], ["/clips/before", "/clips/a", "/said/1.wav"], 2),
        ("espeak", ["/clips/before", "/clips/a", "/said/1.wav"], ["/said/1.wav"], 0),
        ("browser", ["/clips/before", "/clips/a", "/said/1.wav"], [], 2),
    ],
)
def test_a_sentence_is_said_by_the_best_way_that_is_whole(
    hall: VoiceHall, tmp_path: Path, engine: str, files: list[str], asked: list[str], browser: int
) -> None:
    hall.begin(engine=engine)
    hall.files.update(dict.fromkeys(files, wav(tmp_path)))
    happened = hall.run(f"voice.say({one_call(CLIPS)})")
    assert "spoken A001 voice" in happened
    assert len(said(happened)) == browser
    assert list(dict.fromkeys(path for path in hall.asked if path.startswith(("/clips", "/said")))) == asked


def test_recordings_of_every_kind_are_played(hall: VoiceHall, tmp_path: Path) -> None:
    hall.begin(engine="clips")
    hall.files["/clips/before"] = ogg(tmp_path / "before.ogg", 0.06).read_bytes()
    hall.files["/clips/a"] = mp3(tmp_path / "a.mp3", 0.06).read_bytes()
    hall.files["/clips/0"] = wav(tmp_path)
    every = one_call("['/clips/before', '/clips/a', '/clips/0']")
    happened = hall.run(f"voice.say({every})")
    assert "spoken A001 voice" in happened
    assert said(happened) == [], "the machine's own voice was not needed"
    assert "/said/1.wav" not in hall.asked


@pytest.mark.parametrize("body", [None, b"", b"no sound"], ids=["no answer", "nothing", "no sound"])
def test_a_sound_that_does_not_come_or_is_none_does_not_stop_the_hall(hall: VoiceHall, body: bytes | None) -> None:
    hall.begin(pace={"fetchMs": 60})
    hall.files["/said/1.wav"] = body
    happened = hall.run(f"fake.voices = []; voice.say({one_call()}); voice.say(call('A002'))")
    assert happened == ["start A001", "spoken A001 chime", "start A002", "spoken A002 chime"]


def test_sounds_are_brought_before_their_turn_and_given_away_after_it(hall: VoiceHall, tmp_path: Path) -> None:
    hall.begin()
    hall.files.update({f"/said/{number}.wav": wav(tmp_path, 0.1) for number in range(3)})
    happened = hall.run("; ".join(f"voice.say({one_call(number=number)})" for number in range(3)))
    assert [line for line in happened if line.startswith("spoken")] == [f"spoken A00{number} voice" for number in range(3)]
    assert sorted(path for path in hall.asked if "said" in path) == [f"/said/{number}.wav" for number in range(3)], "each once"


# --- rules --------------------------------------------------------------------------------------------------------


def test_which_ways_are_tried_in_which_order(hall: VoiceHall) -> None:
    hall.begin()
    cases = {
        (None, "auto"): ["clips", "espeak", "browser"],
        ("auto", "chime"): ["clips", "espeak", "browser"],
        (None, "browser"): ["browser", "clips", "espeak"],
        ("espeak", "clips"): ["espeak", "clips", "browser"],
        ("chime", "auto"): [],
        (None, "off"): [],
    }
    assert hall.table("enginesFor", *cases) == list(cases.values())


def test_when_it_is_quiet(hall: VoiceHall) -> None:
    hall.begin()
    cases = {
        ("12:00", ("11:30", "13:30")): True,
        ("11:30", ("11:30", "13:30")): True,
        ("13:30", ("11:30", "13:30")): False,
        ("23:00", ("22:00", "06:00")): True,
        ("05:59", ("22:00", "06:00")): True,
        ("06:00", ("22:00", "06:00")): False,
        ("12:00", ("22:00", "06:00")): False,
        ("12:00", ("12:00", "12:00")): False,
        ("12:00", None): False,
    }
    assert hall.table("isQuiet", *cases) == list(cases.values())


def test_when_calls_are_said_shorter(hall: VoiceHall) -> None:
    hall.begin()
    cases = [(0, 0, False), (0, 4, False), (0, 5, True), (12_000, 3, False), (13_000, 3, True), (46_000, 0, True)]
    asked = [[{"waited": waited, "behindIt": behind, "eachMs": 11_000, "mostMs": 45_000}] for waited, behind, _late in cases]
    assert hall.table("isLate", *asked) == [late for _waited, _behind, late in cases]


def test_loudness_follows_the_ear(hall: VoiceHall) -> None:
    hall.begin()
    assert hall.table("gainFor", [0], [50], [100], [250], [-1]) == [0, 0.25, 1, 1, 0]
