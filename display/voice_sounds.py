"""The sound of a sentence for who knows its key: from the cache, or made now. Nobody can make the server say anything else.

A key is a keyed hash of what is said and how. The route finds the sentence of a key among those that the board itself says at
this moment, so an address cannot be invented, and needs nothing to be stored. A sound is made when it is first asked for: the
board never waits for it, and the chime covers the 0.05 s.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import current_app

from display.announce import Language
from display.voice_cache import SoundCache
from display.voice_clips import ClipSets
from display.voice_espeak import VOICES, Speaker

EXTENSION = "voice"
CACHE = "voice-cache"

@dataclass(frozen=True)
class Spoken:
    """A sentence and how it is read: in which language, at how many words a minute."""

    text: str
    language: Language
    speed: int

    def key(self, secret: str) -> str:
        """What stands for it in an address: nobody can work it out without the server's secret."""
        return _key(self, secret)


@lru_cache(maxsize=4096)
def _key(spoken: Spoken, secret: str) -> str:
    said = "\0".join((spoken.text, spoken.language, VOICES[spoken.language], str(spoken.speed)))
    return hmac.new(secret.encode(), b"said in the hall\0" + said.encode(), hashlib.sha256).hexdigest()[:32]


@dataclass
class _Turn:
    """Who makes one sound, and how many want it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


class Sounds:
    """Everything the server can play to a hall: recorded clips, and sentences read by espeak-ng."""

    def __init__(self, data_dir: Path, speaker: Speaker | None = None, cache: SoundCache | None = None) -> None:
        self.speaker = speaker or Speaker()
        self.clips = ClipSets(data_dir)
        self._cache = cache or SoundCache(data_dir / CACHE)
        self._guard = threading.Lock()
        self._making: dict[str, _Turn] = {}

    def find(self, key: str) -> Path | None:
        """The sound of a key that was made before."""
        return self._cache.find(key)

    def make(self, key: str, sentence: Spoken) -> Path:
        """The sound of a sentence. Made once, however many displays ask at the same moment. Raises CannotSpeak."""
        with self._alone(key):
            found = self._cache.find(key)
            if found:
                return found
            text, language, speed = sentence.text, sentence.language, sentence.speed
            return self._cache.keep(key, lambda target: self.speaker.speak(text, language, speed, target))

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        with self._guard:
            turn = self._making.setdefault(key, _Turn())
            turn.users += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._guard:
                turn.users -= 1
                if not turn.users:
                    del self._making[key]


def sounds() -> Sounds:
    """The sounds of the current application."""
    return cast(Sounds, current_app.extensions[EXTENSION])
