"""What the painter takes from the worker: processor time of a call without it and with it, two servers in turn.

    python -m bench.painter [--offices 20] [--phones 340] [--calls 25] [--rounds 4]

Each call waits until a console of its office has drawn it, so nothing is drawn together that a rush would. The machine may be
busy: only the ratio counts, of the best round of each.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.city_morning import DISK, PAINTER, Morning
from bench.figures import cpu_seconds
from bench.hall import COUNTERS, NOW, OFFICES, furnish
from bench.screens import allow_many_files
from tests.running import server

AT_ONCE = 40
STARTED_S = 20.0
PATIENCE_S = 30.0


def tend(mornings: dict[str, Morning], seconds: float) -> None:
    """Answer the pings of both servers for so long."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for morning in mornings.values():
            morning.crowd.run_for(0.1)


def connect(mornings: dict[str, Morning], phones: int) -> None:
    """All screens of both, some of the one and some of the other in turn."""
    left = {name: morning.screens + morning.phones(phones) for name, morning in mornings.items()}
    while any(left.values()):
        for name, morning in mornings.items():
            some, left[name] = left[name][:AT_ONCE], left[name][AT_ONCE:]
            if some:
                morning.crowd.connect_all(some)


def calls(morning: Morning, how_many: int) -> tuple[float, float]:
    """Milliseconds of processor a call: of the worker, and of the painter."""
    first = {screen.key: screen for screen in morning.screens if screen.kind == "first console"}
    used, beside = cpu_seconds(morning.group), cpu_seconds(morning.group, PAINTER)
    for _call in range(how_many):
        press = morning.next_press()
        morning.crowd.press(press)
        morning.crowd.run(lambda press=press: press.answered, PATIENCE_S)  # type: ignore[misc]  # its type is inferred
        number, drawn = press.body["ticket"]["number"], morning.watched.seen[first[press.office]]
        if not morning.crowd.run(lambda number=number, drawn=drawn: number in drawn, PATIENCE_S):  # type: ignore[misc]
            raise RuntimeError(f"{number} was not drawn")
    morning.crowd.run_for(1.5)  # what is owed to telephones
    used, beside = cpu_seconds(morning.group) - used, cpu_seconds(morning.group, PAINTER) - beside
    return round((used - beside) / how_many * 1000, 1), round(beside / how_many * 1000, 1)


def main() -> int:
    """Print a table and JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--offices", type=int, default=20)
    parser.add_argument("--phones", type=int, default=340)
    parser.add_argument("--calls", type=int, default=25)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    allow_many_files()
    with ExitStack() as stack:
        mornings = {}
        for wanted in ("off", "on"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=DISK)))
            url = f"sqlite:///{folder / 'city.db'}"
            city = furnish(url, offices=options.offices, counters=COUNTERS * options.offices // OFFICES)
            running = stack.enter_context(server(folder, clock_at=NOW, DATABASE_URL=url, FANOUT="direct", PAINTER=wanted))
            mornings[wanted] = Morning(running, city)
        connect(mornings, options.phones)
        tend(mornings, STARTED_S)
        found: dict[str, list[tuple[float, float]]] = {wanted: [] for wanted in mornings}
        for _round in range(options.rounds):
            for wanted, morning in mornings.items():
                found[wanted].append(calls(morning, options.calls))
                print(f"painter {wanted:<5} worker {found[wanted][-1][0]:6.1f} ms a call   painter {found[wanted][-1][1]:6.1f}")
                tend(mornings, 1)
    worker = {wanted: min(each[0] for each in rounds) for wanted, rounds in found.items()}
    both = {wanted: min(sum(each) for each in rounds) for wanted, rounds in found.items()}
    ratios = {"worker": round(worker["on"] / worker["off"], 2), "both": round(both["on"] / both["off"], 2)}
    print(json.dumps({"painter": {"ms a call": found, "with it to without": ratios}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
