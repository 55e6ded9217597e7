"""What a head and the city are warned of, as a table of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from setup.alarm_rules import (
    CounterSeen,
    HeldSeen,
    Limits,
    MachineSeen,
    PrinterSeen,
    Scene,
    alarms,
    machine_fault,
    printer_fault,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


OPEN = CounterSeen(11, 1, "open")
PAUSED = CounterSeen(12, 2, "paused")
CALM = Scene(
    open_now=True, on_duty=True, waiting=3, longest=("A001", 44), counters=(OPEN,), held=(HeldSeen("A009", ago(59)),),
    printers=(PrinterSeen(1, "Ki-ốt", "ok"),), machines=(MachineSeen(5, "kiosk", "Ki-ốt", ago(99), ago(2)),),
    limits=Limits(45, 60),
)  # fmt: skip


def test_a_good_day_has_no_alarm() -> None:
    assert alarms(CALM, NOW) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"longest": ("A001", 45)}, ["red wait_long A001 45"]),
        ({"longest": ("A001", 400), "limits": Limits(0, 60)}, []),
        ({"longest": None, "waiting": 0, "counters": ()}, []),
        ({"counters": (CounterSeen(11, 1, "closed"), PAUSED)}, ["red nobody_open  None"]),
        ({"counters": (CounterSeen(11, 1, "closed"),), "open_now": False}, []),
        ({"counters": (OPEN, replace(PAUSED, silent_at=ago(7)))}, ["red counter_silent 2 7"]),
        ({"counters": (OPEN, replace(PAUSED, back_at=ago(4)))}, []),
        ({"counters": (OPEN, replace(PAUSED, back_at=ago(5)))}, ["amber pause_over 2 5"]),
        ({"counters": (OPEN, replace(PAUSED, silent_at=ago(7), back_at=ago(9)))}, ["red counter_silent 2 7"]),
        ({"held": (HeldSeen("A009", ago(60)),)}, ["amber held_long A009 60"]),
        ({"held": (HeldSeen("A009", ago(600)),), "limits": Limits(45, 0)}, []),
        ({"printers": (PrinterSeen(1, "Ki-ốt", "paper_out", ago(3)),)}, ["red printer Ki-ốt 3"]),
        ({"printers": (PrinterSeen(1, "Ki-ốt", "near_end"),)}, ["amber printer Ki-ốt None"]),
        ({"machines": (MachineSeen(5, "display", "Bảng", ago(99), ago(3)),)}, ["red machine_silent Bảng 3"]),
        ({"machines": (MachineSeen(5, "display", "Bảng", ago(99), ago(1), ahead_ms=10**7),)}, []),
        (
            {"held": (HeldSeen("A009", ago(60)),), "longest": ("A001", 50)},
            ["red wait_long A001 50", "amber held_long A009 60"],
        ),
    ],
)
def test_what_is_wrong_is_said_the_worst_first(changed: dict[str, object], said: list[str]) -> None:
    found = alarms(replace(CALM, **changed), NOW)  # type: ignore[arg-type]
    assert [f"{each.tone} {each.code} {each.about} {each.minutes}" for each in found] == said


def test_outside_its_hours_an_office_may_be_dark() -> None:
    broken = replace(CALM, longest=("A001", 99), machines=(MachineSeen(5, "kiosk", "Ki-ốt", ago(999)),))
    assert len(alarms(broken, NOW)) == 2
    assert alarms(replace(broken, on_duty=False), NOW) == []


@pytest.mark.parametrize(
    ("machine", "release", "fault"),
    [
        (MachineSeen(1, "kiosk", "x"), "r1", None),
        (MachineSeen(1, "kiosk", "x", paired_at=ago(2.9)), "r1", None),
        (MachineSeen(1, "kiosk", "x", paired_at=ago(3)), "r1", "silent"),
        (MachineSeen(1, "kiosk", "x", ago(99), ago(2.9)), "r1", None),
        (MachineSeen(1, "kiosk", "x", ago(99), ago(3), ahead_ms=10**7, release="r0"), "r1", "silent"),
        (MachineSeen(1, "display", "x", ago(99), ago(1), ahead_ms=59_999), "r1", None),
        (MachineSeen(1, "display", "x", ago(99), ago(1), ahead_ms=-60_000, release="r0"), "r1", "clock"),
        (MachineSeen(1, "display", "x", ago(99), ago(1), release="r0"), "r1", "outdated"),
        (MachineSeen(1, "display", "x", ago(99), ago(1), release="r1"), "r1", None),
        (MachineSeen(1, "display", "x", ago(99), ago(1), release="r0"), "", None),
    ],
)
def test_a_machine_has_at_most_its_first_fault(machine: MachineSeen, release: str, fault: str | None) -> None:
    found = machine_fault(machine, release, NOW)
    assert (found.code if found else None) == fault


@pytest.mark.parametrize(
    ("state", "replaced", "tone"),
    [("ok", False, None), ("unknown", False, None), ("near_end", True, "amber"), ("cover", False, "red"), ("off", True, "amber")],
)
def test_a_printer_that_another_one_prints_for_can_wait(state: str, replaced: bool, tone: str | None) -> None:
    found = printer_fault(PrinterSeen(1, "x", state, None, replaced))
    assert (found.tone if found else None) == tone
