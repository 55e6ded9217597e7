"""The worker's side of the painter: a process beside it that makes the snapshots that are not urgent (core/painting.py).

One worker carries a city with one processor, and the line of an office costs it more than the call. Where the machine has a
processor more, lines and telephones are made there. What the painter does not make, because it has died, hangs, or is not there
yet, the worker makes itself: nothing is lost, it only costs the worker.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask

from core.children import read_message, write_message
from core.fanout import DirectSender
from core.feeds import Picture
from core.metrics import SHARED_IN, Metrics
from core.processes import PAINTER

log = logging.getLogger(__name__)

MANY = 300
"""Consoles and telephones from which on a painter is worth its memory: no ward has so many."""
LOOK_EVERY_S = 0.5
STUCK_S = 5.0
"""So long without any answer while somebody waits for one. Each takes hundredths of a second, the first of an office in the
morning some tenths."""
STARTS_IN_S = 300.0
"""It takes 3 s of a processor, of which a busy machine leaves it little."""
PAUSE_S = 2.0
"""Before another is started in place of one that has ended."""


@dataclass
class _Asked:
    """Somebody waits for an answer."""

    since: float = field(default_factory=time.monotonic)
    answered: threading.Event = field(default_factory=threading.Event)
    picture: Picture | None = None


class _Child:
    """One process, from its start to its end. It answers in the order in which it is asked."""

    def __init__(self, factory: str) -> None:
        ours, theirs = socket.socketpair()
        environ = {name: value for name, value in os.environ.items() if name != SHARED_IN}  # it shares no figures
        with theirs:
            command = [sys.executable, "-m", PAINTER, factory]
            self._process = subprocess.Popen(command, stdin=theirs.fileno(), env=environ)  # noqa: S603  (our own words)
        self._socket, self._stream = ours, ours.makefile("rwb")
        self._asking = threading.Lock()
        self._asked: deque[_Asked] = deque()
        self._heard = time.monotonic()
        self.ready = self.ended = False
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, namespace: str, office: str, keys: Sequence[str]) -> Picture | None:
        """What it answers; None when it does not."""
        asked = _Asked()
        with self._asking:
            if self.ended:
                return None
            self._asked.append(asked)
            with suppress(OSError):  # it has just ended, which is noticed where its answers are read
                write_message(self._stream, json.dumps([namespace, office, list(keys)]).encode())
        asked.answered.wait()
        return asked.picture

    def is_stuck(self) -> bool:
        """Whether it has not been heard of for longer than is sensible."""
        since = max(self._heard, self._asked[0].since) if self._asked else self._heard
        return (bool(self._asked) or not self.ready) and time.monotonic() - since > (STUCK_S if self.ready else STARTS_IN_S)

    def end(self) -> None:
        """Kill it; whoever waits goes on without it."""
        self._process.kill()

    def how_it_ended(self) -> str:
        """For the log."""
        return f"exit code {self._process.returncode}"

    def _listen(self) -> None:
        try:
            self.ready = read_message(self._stream) is not None
            while (answer := read_message(self._stream)) is not None:
                asked, self._heard = self._asked.popleft(), time.monotonic()
                asked.picture = picture_of(answer)
                asked.answered.set()
        except OSError:  # it has ended in the middle of something
            pass
        except (LookupError, TypeError, ValueError):
            log.warning("the painter has answered nonsense, and is ended for it")
        self.ready, self.ended = False, True
        self.end()
        self._process.wait()
        self._socket.close()
        while self._asked:
            self._asked.popleft().answered.set()


def answer_of(picture: Picture | None) -> bytes:
    """A picture of finished frames, or that there is none, as the painter answers it: a line of JSON, then the frames."""
    if picture is None:
        return b"null\n"
    sizes = {key: len(frame) for key, frame in picture.encoded.items()}
    head = {"at": picture.at.isoformat(), "version": picture.version, "sizes": sizes}
    return b"\n".join((json.dumps(head).encode(), b"".join(picture.encoded.values())))


def picture_of(answer: bytes) -> Picture | None:
    """The other way round. Raises LookupError, TypeError or ValueError on nonsense."""
    line, _end, frames = answer.partition(b"\n")
    head = json.loads(line)
    if head is None:
        return None
    encoded, begins = {}, 0
    for key, size in head["sizes"].items():
        encoded[key] = frames[begins : begins + size]
        begins += size
    if begins != len(frames):
        raise ValueError("the sizes are not those of the frames")
    return Picture(datetime.fromisoformat(head["at"]), int(head["version"]), encoded)


class Painter:
    """The painter of one worker: started when it `is_worth` it, and again whenever it has ended."""

    def __init__(self, factory: str, is_worth: Callable[[], bool], metrics: Metrics) -> None:
        """`factory` makes the application, as "module:function"."""
        self._factory, self._is_worth, self._metrics = factory, is_worth, metrics
        self._child: _Child | None = None

    @property
    def is_there(self) -> bool:
        """Whether it answers now."""
        return self._child is not None and self._child.ready

    def paint(self, namespace: str, office: str, keys: Sequence[str]) -> Picture | None:
        """The snapshots of these rooms as they are now; None when they have to be made here."""
        child = self._child
        if child is None:
            return None
        picture = child.ask(namespace, office, keys) if child.ready else None
        self._metrics.painted("worker" if picture is None else "painter")
        return picture

    def run(self, stop: threading.Event) -> None:
        """Look after it until the server stops."""
        while not stop.wait(LOOK_EVERY_S):
            self._metrics.has_painter(self.is_there)
            child = self._child
            if child is None:
                self._child = _Child(self._factory) if self._is_worth() else None
            elif child.ended:
                log.warning("the painter has ended (%s); the worker makes its snapshots until the next one", child.how_it_ended())
                if not stop.wait(PAUSE_S):
                    self._child = _Child(self._factory)
            elif child.is_stuck():
                log.warning("the painter hangs, and is ended for it")
                child.end()
        self._metrics.has_painter(False)
        if self._child is not None:
            self._child.end()


def hire(app: Flask, factory: str) -> None:
    """Give an application that is about to serve a painter, where `PAINTER` and the machine allow one."""
    services, realtime = app.extensions["dung-gio"], app.extensions["realtime"]
    wanted, workers = services.config.painter, services.config.workers
    if wanted == "off" or not isinstance(realtime.sender, DirectSender):
        return
    if wanted == "auto" and len(os.sched_getaffinity(0)) < 2 * workers:
        return

    def is_worth() -> bool:
        return wanted == "on" or bool(realtime.patient_sockets() >= MANY)

    realtime.delivery.painter = Painter(factory, is_worth, app.extensions["metrics"])
    services.background.append(realtime.delivery.painter.run)
