"""The process that replays days: `python -m reports.replay_process` reads days and policy as JSON, and writes what it found.

A process of its own, niced like the one that writes workbooks: a hundred replays are seconds of work, in which nobody at a
counter may wait.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from queueing.policy import Policy
from queueing.simulation_files import DayCounter, Person, WardDay
from reports.own_day_rules import OwnDay
from reports.replay_rules import Findings, Tried, findings

NICENESS = 10
PATIENCE_S = 180.0
"""Ten days of 300 people take eight seconds of CPU; after this something is wrong."""


def ask(days: Sequence[OwnDay], policy: Policy) -> Findings:
    """Replay in a process of its own. Raises OSError or SubprocessError."""
    question = json.dumps({"days": [asdict(own) for own in days], "policy": asdict(policy)}).encode()
    command = [sys.executable, "-m", "reports.replay_process"]
    done = subprocess.run(  # noqa: S603  (a list, never a shell; our own words)
        command, input=question, capture_output=True, check=True, timeout=PATIENCE_S, cwd=Path(__file__).parent.parent
    )
    return read_findings(json.loads(done.stdout))


def read_day(entry: dict[str, Any]) -> OwnDay:
    """A day as `asdict` wrote it."""
    people = tuple(Person(**person) for person in entry["day"]["people"])
    counters = tuple(
        DayCounter(each["counter"], tuple(each["services"]), tuple((since, until) for since, until in each["spans"]))
        for each in entry["day"]["counters"]
    )
    return OwnDay(entry["on"], WardDay(people, counters), tuple(entry["waited"]), entry["worked"])


def read_findings(entry: dict[str, Any]) -> Findings:
    """Findings as `asdict` wrote them."""
    tried = (Tried(**each | {"longest": tuple(each["longest"]), "p90": tuple(each["p90"])}) for each in entry["tried"])
    pairs = {name: tuple(entry[name]) for name in ("waited", "replayed")}
    return Findings(**entry | pairs | {"tried": tuple(tried)})


def main() -> None:
    """One question, one answer."""
    os.nice(NICENESS)
    question = json.load(sys.stdin)
    found = findings([read_day(entry) for entry in question["days"]], Policy(**question["policy"]))
    json.dump(asdict(found), sys.stdout)


if __name__ == "__main__":
    main()
