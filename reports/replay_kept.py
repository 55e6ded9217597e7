"""What replays found, kept in this worker until the office's day is over or its line is set otherwise."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from queueing.policy import Policy
from reports import replay_process
from reports.own_day_rules import OwnDay
from reports.replay_rules import Findings

log = logging.getLogger(__name__)

FOR_A_PAGE_S = 1.0
"""How long a page waits before it says that it is still being calculated."""
EXTENSION = "replays"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose days, as of when and under which settings."""

    office: str
    on: date
    policy: Policy


@dataclass(slots=True)
class _Job:
    over: threading.Event = field(default_factory=threading.Event)
    found: Findings | None = None


class Replays:
    """One answer for each question; one process at a time in this worker."""

    def __init__(self, for_a_page_s: float = FOR_A_PAGE_S) -> None:
        self.for_a_page_s = for_a_page_s
        self._jobs: dict[Asked, _Job] = {}
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def known(self, asked: Asked) -> bool:
        """Whether it is answered or being calculated, so that nobody has to read the days again."""
        return asked in self._jobs

    def begin(self, asked: Asked, days: Sequence[OwnDay]) -> None:
        """Calculate in the background what is not being calculated yet; what other days asked is forgotten."""
        with self._lock:
            if asked in self._jobs:
                return
            for old in [each for each in self._jobs if each.on != asked.on or each.office == asked.office]:
                del self._jobs[old]
            job = self._jobs[asked] = _Job()
        threading.Thread(target=self._calculate, args=(asked, job, days), daemon=True).start()

    def answer(self, asked: Asked) -> Findings | None:
        """What was found; None while it is being calculated, after the patience of a page. Raises ReplayFailed, once."""
        job = self._jobs.get(asked)
        if job is None or not job.over.wait(self.for_a_page_s):
            return None
        if job.found is None:
            self._jobs.pop(asked, None)  # the next who asks tries again
            raise ReplayFailed
        return job.found

    def _calculate(self, asked: Asked, job: _Job, days: Sequence[OwnDay]) -> None:
        try:
            with self._turn:
                job.found = replay_process.ask(days, asked.policy)
        except (OSError, ValueError, subprocess.SubprocessError):
            log.exception("the days of an office could not be replayed")
        finally:
            job.over.set()


class ReplayFailed(Exception):
    """The process that replays ended without an answer."""
