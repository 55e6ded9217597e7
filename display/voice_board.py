"""What a board says: the sentences of its calls in every way they can be made heard, and how the office wants them said.

A display takes the first way that works there: recorded clips, a sound made by the server, the browser's own voice, a chime.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.web import config
from display import announce
from display.voice_clips import ClipSet
from display.voice_sounds import Spoken, sounds
from office import store
from office.call_sentence import read_sentence
from office.models import Office
from office.settings import Settings

TRIAL = "000"
"""The number of the trial sentence: none begins at zero, so nobody in the hall gets up for it."""


class Said(BaseModel):
    """A sentence, the language it is said in, and what to play for it: clips one after the other, or one sound."""

    lang: announce.Language
    text: str
    clips: list[str]
    audio: str | None


class Voice(BaseModel):
    """How an office wants calls to be heard; a display may have an engine and quiet hours of its own.

    `quiet` are two wall-clock times, or null; `trial` is said to whoever sets up the loudspeaker.
    """

    engine: str
    times: int
    chime: bool
    speed: int
    quiet: tuple[str, str] | None
    trial: list[Said]


@dataclass(frozen=True)
class Reader:
    """How one office's calls are read, for as long as one board is made."""

    office: str
    settings: Settings
    sets: dict[announce.Language, ClipSet]
    complete: frozenset[announce.Language]
    secret: str
    speaks: bool

    def call(self, number: str, counter: int, lang: str) -> list[Said]:
        """Vietnamese always, for the whole hall follows the calls; English after it for who took the number in English."""
        languages: tuple[announce.Language, ...] = ("vi", "en") if lang == "en" else ("vi",)
        return [self._said(number, counter, language) for language in languages]

    def trial(self, lang: str) -> list[Said]:
        """What whoever sets up a loudspeaker hears."""
        return self.call(TRIAL, 1, lang)

    def spoken(self, number: str, counter: int, lang: str) -> Iterator[Spoken]:
        """The same sentences as the server's own voice reads them."""
        for said in self.call(number, counter, lang):
            yield Spoken(said.text, said.lang, self.settings.voice_speed)

    def voice(self) -> Voice:
        """How the office wants it."""
        wish = self.settings
        return Voice(
            engine=wish.voice_engine, times=wish.voice_times, chime=wish.voice_chime, speed=wish.voice_speed, quiet=wish.quiet,
            trial=self.trial("vi"),
        )  # fmt: skip

    def _said(self, number: str, counter: int, language: announce.Language) -> Said:
        style: announce.Style = "grouped" if self.settings.voice_style == "grouped" else "digits"
        word = announce.call(number, counter, language, style, template_of(self.settings, language))
        audio = None
        if self.speaks:
            key = Spoken(word.text, language, self.settings.voice_speed).key(self.secret)
            audio = f"/display/{self.office}/said/{key}.wav"
        return Said(lang=language, text=word.text, clips=self._clips(word, language), audio=audio)

    def _clips(self, word: announce.Word, language: announce.Language) -> list[str]:
        """Addresses of the clips, or none. Two voices in turn would be worse than the plainer one: an incomplete set is used only
        where the office asks for clips."""
        clips = self.sets[language]
        if not clips.has(word.clips) or not (language in self.complete or self.settings.voice_engine == "clips"):
            return []
        return [f"/display/{self.office}/clips/{clips.clips[name].tag}/{language}/{name}" for name in word.clips]


def reader_of(session: Session, office: Office) -> Reader:
    """How the calls of `office` are read now."""
    settings, service = Settings.of(office.settings), sounds()
    sets = {language: service.clips.of(settings.voice_set or office.code, language) for language in announce.LANGUAGES}
    complete = set()
    for language, clips in sets.items():
        if not clips.clips and not clips.faults:
            continue  # most offices: nothing was recorded, and nothing is asked of the database
        needed = needed_of(session, office, language)
        service.clips.tell(clips, needed)
        if clips.has(needed):
            complete.add(language)
    return Reader(office.code, settings, sets, frozenset(complete), config().secret_key, service.speaker.ready())


def needed_of(session: Session, office: Office, language: announce.Language) -> tuple[str, ...]:
    """The clips that every call of this office can need: its letters, its counters, its way to read a number."""
    settings = Settings.of(office.settings)
    letters = "".join(sorted({letter for service in office.services for letter in service.prefix}))
    counters = tuple(counter.number for counter in store.counters_of(session, office))
    style: announce.Style = "grouped" if settings.voice_style == "grouped" else "digits"
    return announce.needed_clips(language, style, template_of(settings, language), letters, counters)


def template_of(settings: Settings, language: announce.Language) -> str:
    """The office's sentence, or the usual one where what was stored (by an older version, by an import) cannot be said."""
    return _checked(settings.call_sentence if language == "vi" else settings.call_sentence_en, language)


@lru_cache(maxsize=512)
def _checked(sentence: str, language: announce.Language) -> str:
    try:
        return read_sentence(sentence)
    except ValueError:
        return announce.TEMPLATES[language]


def find_spoken(reader: Reader, key: str, calls: Iterable[tuple[str, int, str]]) -> Spoken | None:
    """The sentence that this key stands for among `calls` (number, counter, language) and the trial; None for any other key."""
    for number, counter, lang in (*calls, (TRIAL, 1, "en")):
        for sentence in reader.spoken(number, counter, lang):
            if sentence.key(reader.secret) == key:
                return sentence
    return None
