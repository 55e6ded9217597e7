"""espeak-ng as a separate process: a robotic voice that needs no network, in 0.03 to 0.05 s a sentence.

The text goes in by standard input and the words of the command are ours, so nothing that an office types can become an option,
a command or a file. It is a program under the GPL that we start and never link.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
import wave
from pathlib import Path

from display.announce import Language

PROGRAM = "espeak-ng"
VOICES: dict[Language, str] = {"vi": "vi", "en": "en-gb"}
"""Its Vietnamese of the north, and British English as in announce.py."""
LOUDNESS = "80"
"""At its usual 100 the loudest vowels touch the limit and crackle; the hall's volume is the amplifier's."""
PATIENCE_S = 5.0
AT_ONCE = 2
"""More processes would only make every board of a city server wait longer."""
NICENESS = "10"
LOOK_AGAIN_S = 60.0
LONGEST_S = 40.0
SHORTEST_S = 0.2


class CannotSpeak(Exception):
    """No sound was made; the message says why, for the log."""


class Speaker:
    """Makes sentences into WAV files. `program` is looked for on the PATH."""

    def __init__(self, program: str = PROGRAM, *, patience_s: float = PATIENCE_S) -> None:
        self._program = program
        self._patience_s = patience_s
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._found: str | None = None
        self._looked: float | None = None

    def ready(self) -> bool:
        """Whether the program is installed; looked up at most once a minute, for every board asks."""
        present = time.monotonic()
        if self._looked is None or present - self._looked > LOOK_AGAIN_S:
            self._found, self._looked = shutil.which(self._program), present
        return self._found is not None

    def speak(self, text: str, language: Language, speed: int, target: Path) -> None:
        """Write `text`, read at `speed` words a minute, to `target`. Raises CannotSpeak; a process that hangs is ended."""
        if not self.ready() or self._found is None:
            raise CannotSpeak(f"{self._program} is not installed")
        if not self._turns.acquire(timeout=self._patience_s):
            raise CannotSpeak("others are being read already")
        # No -m: marks in the text are read, not obeyed. -z: the pause after the sentence is the board's own.
        said = ["-v", VOICES[language], "-s", str(speed), "-a", LOUDNESS, "-z", "-w", str(target), "--stdin"]
        command = [*_gently(), self._found, *said]
        try:
            done = subprocess.run(  # noqa: S603  (a list, never a shell; our own words)
                command, input=text.encode(), capture_output=True, timeout=self._patience_s, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CannotSpeak(str(error)) from error
        finally:
            self._turns.release()
        if done.returncode:
            raise CannotSpeak(f"{self._program} ended with {done.returncode}: {done.stderr[:200]!r}")
        _check(target)


def _gently() -> list[str]:
    """Behind every request of the server: the chime before the sentence leaves time enough."""
    nice = shutil.which("nice")
    return [nice, "-n", NICENESS] if nice else []


def _check(path: Path) -> None:
    """Raise CannotSpeak unless `path` is a sound of a sentence's length: half a sentence is worse than a chime."""
    try:
        with wave.open(str(path)) as sound:
            seconds = sound.getnframes() / sound.getframerate()
            whole = len(sound.readframes(sound.getnframes())) == sound.getnframes() * sound.getsampwidth() * sound.getnchannels()
    except (OSError, EOFError, wave.Error) as error:
        raise CannotSpeak(f"what came out is no sound: {error}") from error
    if not whole or not SHORTEST_S <= seconds <= LONGEST_S:
        raise CannotSpeak(f"what came out is {seconds:.1f} s long")
