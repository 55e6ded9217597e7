"""What a print agent remembers over a crash: its own name, the jobs it has begun, and what became of them.

A job is written down, and on the disk, before its first byte is sent. So after a crash there is no doubt which pages may be on
paper: these are told as uncertain and never sent again.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from printer.outcome import Outcome

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

REMEMBERED = 500
"""How many ended jobs are kept, so that a server put back to a backup cannot have one printed twice."""

ON_PAPER = ("printed", "handed", "uncertain")
"""Ends after which there may be paper. A job that was blocked may come again."""

STOPPED = Outcome("uncertain", "the agent stopped while sending")


class LedgerInUse(Exception):
    """Another agent runs with the same file: two of them would print every slip twice."""


class Ledger:
    """The file at `path`, held by this process alone. Raises `LedgerInUse`, and OSError where it cannot be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.with_suffix(".lock").open("a")
        _hold(self._lock.fileno())
        kept = _read(path)
        self.agent: str = kept.get("agent") or secrets.token_hex(12)
        self._open: dict[str, dict[str, Any]] = kept.get("open", {})
        self._ended: dict[str, dict[str, Any]] = kept.get("ended", {})
        for entry in self._open.values():
            if entry["outcome"] is None:
                entry["outcome"] = asdict(STOPPED)
        self._save()

    def begun(self) -> list[str]:
        """The marks of the jobs whose end the server does not know yet."""
        return list(self._open)

    def untold(self) -> list[tuple[str, int, Outcome]]:
        """Mark, number and end of each job whose end the server does not know yet."""
        return [(mark, entry["job"], Outcome(**entry["outcome"])) for mark, entry in self._open.items() if entry["outcome"]]

    def end_of(self, mark: str) -> Outcome | None:
        """What became of a job that may be on paper; None for one that surely is not."""
        found = self._ended.get(mark)
        return Outcome(**found) if found else None

    def begin(self, mark: str, job: int) -> None:
        """From here on the page may be on paper. Call it before the first byte; raises OSError when the disk does not take it."""
        self._open[mark] = {"job": job, "outcome": None}
        try:
            self._save()
        except OSError:
            del self._open[mark]
            raise

    def end(self, mark: str, job: int, outcome: Outcome) -> None:
        """What became of the job; not told yet."""
        self._open[mark] = {"job": job, "outcome": asdict(outcome)}
        if outcome.state in ON_PAPER:
            self._ended[mark] = asdict(outcome)
            for oldest in list(self._ended)[:-REMEMBERED]:
                del self._ended[oldest]
        self._save()

    def told(self, mark: str) -> None:
        """The server knows the end of the job."""
        self._open.pop(mark, None)
        self._save()

    def close(self) -> None:
        """Let another process have the file."""
        self._lock.close()

    def _save(self) -> None:
        draft = self._path.with_suffix(".part")
        with draft.open("w", encoding="utf-8") as file:
            json.dump({"agent": self.agent, "open": self._open, "ended": self._ended}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        if sys.platform != "win32":
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _read(path: Path) -> dict[str, Any]:
    """What was kept. A file nobody understands is put aside: under a new name the agent is given no job of its old one again."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        for entry in kept["open"].values():
            if entry["outcome"] is not None:
                Outcome(**entry["outcome"])
            int(entry["job"])
        [Outcome(**outcome) for outcome in kept["ended"].values()]
        return {"agent": str(kept["agent"]), "open": dict(kept["open"]), "ended": dict(kept["ended"])}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        path.replace(path.with_suffix(".broken"))
        return {}


def _hold(handle: int) -> None:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise LedgerInUse() from error
