"""What a display plays: recorded clips, and the sentences of its calls as the server reads them."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, render_template, send_file
from werkzeug.wrappers import Response

from core.i18n import gettext as _
from core.refusals import Refusal
from core.rights import NotFound, requires
from core.web import config, now, reading
from display.announce import LANGUAGES
from display.routes import blueprint
from display.voice_board import find_spoken, needed_of, reader_of
from display.voice_cache import KEY
from display.voice_clips import MIMETYPES
from display.voice_espeak import CannotSpeak
from display.voice_sounds import Spoken, sounds
from display.voice_words import set_shown, ways_of
from office import store
from office.display_words import engine_names
from office.settings import Settings
from queueing import views

KEPT_S = 24 * 3600
"""An address stands for its sound for good; a display that keeps it for a day asks for each sentence once."""


class NoSound(Refusal):
    """The sentence is known and its sound could not be made now; the display goes on to its next way to say it."""

    code = "no_sound"
    status = 503

    def sentence(self) -> str:
        return _("Máy chủ chưa đọc được câu này. Bảng sẽ dùng giọng khác hoặc chuông.")


@blueprint.get("/display/<office>/said/<key>.wav")
@requires("anyone")
def said(office: str, key: str) -> Response:
    """The sound of a sentence that this board says now: anyone may hear it, as anyone in the hall does."""
    if not KEY.fullmatch(key):
        raise NotFound()
    path = sounds().find(key)
    if path is None:
        sentence = _sentence(office, key)  # the database is let go before the sound is made
        try:
            path = sounds().make(key, sentence)
        except (CannotSpeak, OSError) as error:
            current_app.logger.warning("a call could not be read by the server: %s", error)
            raise NoSound() from error
    return _file(path, "audio/wav", key)


@blueprint.get("/display/<office>/clips/<tag>/<lang>/<name>")
@requires("anyone")
def clip(office: str, tag: str, lang: str, name: str) -> Response:
    """One recorded clip of the office's set, by its name and the mark of its bytes."""
    language = next((known for known in LANGUAGES if known == lang), None)
    if language is None:
        raise NotFound()
    with reading() as session:
        place = store.office_by_code(session, office)
        folder = Settings.of(place.settings).voice_set or place.code
    found = sounds().clips.of(folder, language).clips.get(name)
    if found is None or found.tag != tag:
        raise NotFound()
    return _file(found.path, MIMETYPES[found.path.suffix.lower()], tag)


@blueprint.get("/display/<office>/voice")
@requires("head", "technician")
def voice(office: str) -> str:
    """How the office's voice stands and sounds, for who sets it up: the hall is not where one tries."""
    with reading() as session:
        place = store.office_by_code(session, office)
        reader = reader_of(session, place)
        sets = [set_shown(reader, language, needed_of(session, place, language)) for language in LANGUAGES]
        return render_template(
            "display/voice.html",
            office=place,
            engine=engine_names()[reader.settings.voice_engine],
            style=_("từng chữ số") if reader.settings.voice_style == "digits" else _("cả số"),
            sentences=[(said, ways_of(said)) for said in reader.trial("en")],
            speaks=reader.speaks,
            sets=sets,
        )


def _sentence(office: str, key: str) -> Spoken:
    with reading() as session:
        place = store.office_by_code(session, office)
        recent = views.board_view(session, place, now(), config().tz)["recent"]
        calls = [(call["number"], call["counter"], call["lang"]) for call in recent]
        sentence = find_spoken(reader_of(session, place), key, calls)
    if sentence is None:
        raise NotFound()
    return sentence


def _file(path: Path, mimetype: str, tag: str) -> Response:
    try:
        answer = send_file(path, mimetype=mimetype, conditional=True, etag=tag, max_age=KEPT_S)
    except OSError as gone:  # thrown away between being found and being opened
        raise NotFound() from gone
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_S}, immutable"
    return answer
