"""What the board says, and that the server says nothing else."""

from __future__ import annotations

import io
import re
import shutil
import wave
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from core.database import Database
from display.voice_board import needed_of, reader_of
from display.voice_espeak import Speaker
from office import store
from tests import builders, servers
from tests.display.clips import mp3, ogg, record, tone
from tests.display.conftest import CODE, Hall
from tests.display.test_board import board
from tests.pages import CheckedClient
from tests.queries import counted

DIGITS = {"before", "between", "a", "b", "c", *"0123456789"}


def settings(hall: Hall, **changed: Any) -> None:
    with hall.database.transaction() as session:
        office = store.office_by_code(session, CODE)
        office.settings = office.settings | changed


def speech(client: CheckedClient, place: int = 0) -> dict[str, Any]:
    said: dict[str, Any] = board(client)["recent"][0]["speech"][place]
    return said


@pytest.fixture
def voice_folder(tmp_path: Path) -> Path:
    """Where the recordings of the office belong."""
    return tmp_path / "voice" / CODE


@pytest.fixture
def called(hall: Hall) -> Hall:
    """A001 is called to counter 1."""
    hall.take(lang="en")
    hall.call()
    return hall


@pytest.fixture
def has_espeak() -> None:
    if shutil.which("espeak-ng") is None:
        servers.not_run("espeak-ng is not installed (apt-get install espeak-ng)")


@pytest.mark.usefixtures("has_espeak", "called")
def test_a_call_is_heard_in_both_languages_by_the_servers_own_voice(client: CheckedClient) -> None:
    for place, lang in enumerate(("vi", "en")):
        said = speech(client, place)
        assert (said["lang"], said["clips"]) == (lang, [])
        answer = client.get(said["audio"])
        assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
        assert answer.headers["Cache-Control"] == "public, max-age=86400, immutable"
        with wave.open(io.BytesIO(answer.data)) as sound:
            assert 2 < sound.getnframes() / sound.getframerate() < 8
        again = client.get(said["audio"], headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


@pytest.mark.usefixtures("has_espeak", "called")
def test_what_was_said_can_be_fetched_by_a_display_that_is_late(client: CheckedClient, app: Flask) -> None:
    address = speech(client)["audio"]
    client.get(address)
    app.extensions["voice"].speaker = Speaker("no-such-program")
    assert client.get(address).status_code == 200, "made before, not made again"


@pytest.mark.usefixtures("has_espeak", "called")
def test_nobody_makes_the_server_say_anything_else(client: CheckedClient, app: Flask, tmp_path: Path) -> None:
    address = speech(client)["audio"]
    last = "1" if address[-5] == "0" else "0"
    wrong = [address[:-5] + last + ".wav", address.replace("00070", "99999"), "/display/00070/said/.wav"]
    wrong += [f"/display/00070/said/{key}.wav" for key in ("0" * 32, "abc", "Mời%20số", "..%2F..%2Fsecret_key", "0" * 31 + "%00")]
    assert [client.get(path).status_code for path in wrong] == [404] * len(wrong)
    assert not list(tmp_path.glob("voice-cache/*"))
    assert client.get(f"{address}?text=xin+ch%C3%A0o").status_code == 200, "what stands behind the address changes nothing"
    assert len(list(tmp_path.glob("voice-cache/*"))) == 1


@pytest.mark.usefixtures("called")
def test_a_server_that_cannot_speak_says_so_and_the_board_does_not_wait(client: CheckedClient, app: Flask) -> None:
    class Hanging(Speaker):
        def ready(self) -> bool:
            return True

        def speak(self, *_about: object) -> None:
            raise OSError("no space left")

    app.extensions["voice"].speaker = Hanging()
    answer = client.get(speech(client)["audio"])
    assert (answer.status_code, answer.get_json()["code"] if answer.is_json else "no_sound") == (503, "no_sound")
    app.extensions["voice"].speaker = Speaker("no-such-program")
    assert speech(client)["audio"] is None


@pytest.mark.usefixtures("called")
def test_a_whole_set_of_recordings_is_played_clip_by_clip(client: CheckedClient, voice_folder: Path) -> None:
    record(voice_folder / "vi", DIGITS)
    addresses = speech(client)["clips"]
    names = [address.rpartition("/")[2] for address in addresses]
    assert names == ["before", "a", "0", "0", "1", "between", "1"]
    answers = [client.get(address) for address in addresses]
    assert [answer.data for answer in answers] == [(voice_folder / "vi" / f"{name}.wav").read_bytes() for name in names]
    assert speech(client, 1)["clips"] == [], "nobody recorded the English"


@pytest.mark.usefixtures("called")
def test_recordings_are_sent_as_what_they_are(client: CheckedClient, voice_folder: Path) -> None:
    for name in DIGITS - {"a", "1"}:
        ogg(voice_folder / "vi" / f"{name}.ogg")
    mp3(voice_folder / "vi" / "a.mp3")
    tone(voice_folder / "vi" / "1.wav")
    answers = [client.get(address) for address in dict.fromkeys(speech(client)["clips"])]
    assert [answer.mimetype for answer in answers] == [
        "audio/ogg", "audio/mpeg", "audio/ogg", "audio/wav", "audio/ogg",
    ], "before, a, 0, 1, between"  # fmt: skip
    assert answers[0].data == (voice_folder / "vi" / "before.ogg").read_bytes()
    assert answers[0].headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("called")
def test_a_set_with_a_hole_is_left_alone_unless_the_office_asks_for_it(
    client: CheckedClient, voice_folder: Path, called: Hall
) -> None:
    record(voice_folder / "vi", DIGITS - {"9"})
    assert speech(client)["clips"] == []
    settings(called, voice_engine="clips")
    assert len(speech(client)["clips"]) == 7
    settings(called, voice_style="grouped", call_sentence="Mời {so} đến {quay} ạ")
    assert speech(client)["clips"] == [], "never half a sentence: the end of it was not recorded"


@pytest.mark.usefixtures("called")
def test_only_recordings_of_the_set_are_handed_out(client: CheckedClient, voice_folder: Path) -> None:
    record(voice_folder / "vi", DIGITS)
    tone(voice_folder / "secret.wav")
    address = speech(client)["clips"][0]
    wrong = [
        address.replace("/vi/", "/en/"), address.replace("/vi/", "/fr/"), address.replace("before", "after"),
        address.replace("before", "..%2Fsecret"), address.replace("00070", "99999"), address.replace("clips/", "clips/0"),
    ]  # fmt: skip
    assert [client.get(path).status_code for path in wrong] == [404] * len(wrong)


def test_the_board_says_how_the_office_wants_it_said(client: CheckedClient, hall: Hall) -> None:
    voice = board(client)["voice"]
    assert {name: voice[name] for name in ("engine", "times", "chime", "speed", "quiet")} == {
        "engine": "auto", "times": 2, "chime": True, "speed": 130, "quiet": None,
    }  # fmt: skip
    assert [said["text"] for said in voice["trial"]] == ["Mời công dân có số thứ tự không không không đến quầy số một"]
    settings(hall, voice_times=1, quiet_from="22:00", quiet_until="06:00", call_sentence="Quầy {quay} mời số {so}")
    voice = board(client)["voice"]
    assert (voice["times"], voice["quiet"]) == (1, ["22:00", "06:00"])
    assert voice["trial"][0]["text"] == "Quầy một mời số không không không"


def test_a_sentence_that_was_stored_broken_does_not_silence_the_hall(client: CheckedClient, called: Hall) -> None:
    settings(called, call_sentence="Mời {so}")
    assert speech(client)["text"] == "Mời công dân có số thứ tự A không không một đến quầy số một"


def test_the_board_asks_the_database_no_more_for_its_voice(app: Flask, called: Hall) -> None:
    with app.app_context(), called.database.reading() as session, counted(called.database.engine) as asked:
        reader_of(session, store.office_by_code(session, CODE))
    assert len(asked) == 1, "the office itself"


def test_the_log_tells_once_that_a_set_is_not_whole(
    client: CheckedClient, called: Hall, voice_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record(voice_folder / "vi", DIGITS - {"9"})
    board(client)
    board(client)
    assert [line for line in caplog.messages if "missing: 9" in line] == [
        f"recorded clips are not whole, another voice is used: {voice_folder / 'vi'}: missing: 9."
    ]


def test_a_set_with_a_broken_clip_is_not_used_in_turn_with_another_voice(
    client: CheckedClient, called: Hall, voice_folder: Path
) -> None:
    record(voice_folder / "vi", DIGITS)
    (voice_folder / "vi" / "9.wav").write_bytes(b"")
    assert speech(client)["clips"] == []


# --- the page of who sets it up -----------------------------------------------------------------------------------


def head(app: Flask, hall: Hall, role: str = "head") -> dict[str, str]:
    with hall.database.transaction() as session:
        member = builders.make_staff(session, store.office_by_code(session, CODE), username=role, role=role)
        return builders.bearer(builders.make_token(session, member))


def test_the_head_sees_and_hears_the_voice_of_the_office(
    client: CheckedClient, app: Flask, called: Hall, voice_folder: Path
) -> None:
    record(voice_folder / "vi", DIGITS - {"7"})
    (voice_folder / "vi" / "8.wav").write_bytes(b"")
    answer = client.get("/display/00070/voice", headers=head(app, called))
    page = answer.get_data(as_text=True)
    for words in ("Còn thiếu: 7", "8: không đọc được tệp này", "voice/00070/vi", "chưa có bản thu", "Number zero zero zero"):
        assert words in page
    assert "The voice of the hall" in client.get("/display/00070/voice?lang=en", headers=head(app, called, "technician")).text


@pytest.mark.usefixtures("has_espeak")
def test_both_trial_sentences_can_be_fetched(client: CheckedClient, app: Flask, called: Hall) -> None:
    page = client.get("/display/00070/voice", headers=head(app, called)).get_data(as_text=True)
    addresses = re.findall(r'data-play="(/display/00070/said/[0-9a-f]+\.wav)"', page)
    assert len(addresses) == 2
    assert [client.get(address).status_code for address in addresses] == [200, 200]


def test_an_officer_does_not_set_up_the_voice(client: CheckedClient, app: Flask, called: Hall) -> None:
    assert client.get("/display/00070/voice", headers=head(app, called, "officer")).status_code == 403


# --- the technician's commands ------------------------------------------------------------------------------------


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_the_technician_is_told_what_is_missing_before_the_hall_hears_it(
    run: FlaskCliRunner, called: Hall, voice_folder: Path
) -> None:
    record(voice_folder / "vi", DIGITS - {"7", "8"} | {"lam"})
    (voice_folder / "vi" / "8.wav").write_bytes(b"")
    done = run.invoke(args=["office", "voice", "check", CODE])
    assert done.exit_code == 0, "the office did not ask for clips"
    assert f"{voice_folder / 'vi'}: missing: 7; not usable: 8 cannot be read." in done.output
    assert f"{voice_folder / 'vi'}: not needed by this office: lam." in done.output
    assert f"{voice_folder / 'en'}: no recorded clips." in done.output
    settings(called, voice_engine="clips")
    assert run.invoke(args=["office", "voice", "check", CODE]).exit_code == 1
    assert run.invoke(args=["office", "voice", "check", "99999"]).exit_code == 1


def test_a_whole_set_passes_the_check(run: FlaskCliRunner, called: Hall, voice_folder: Path, database: Database) -> None:
    settings(called, voice_engine="clips", voice_style="grouped")
    with database.reading() as session:
        office = store.office_by_code(session, CODE)
        for language in ("vi", "en"):
            record(voice_folder / language, needed_of(session, office, language))
    done = run.invoke(args=["office", "voice", "check", CODE])
    assert done.exit_code == 0, done.output
    assert done.output.count("complete") == 2


@pytest.mark.usefixtures("has_espeak")
def test_the_technician_can_listen_to_a_sentence(run: FlaskCliRunner, tmp_path: Path) -> None:
    done = run.invoke(args=["office", "voice", "say", "Mời số A không một hai", str(tmp_path / "say.wav")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "say.wav").stat().st_size > 10_000
