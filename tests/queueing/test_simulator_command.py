"""`flask queueing simulate` and `generate`: the files they read and write, and what they say about bad ones."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import queueing
from queueing.commands import queueing_group
from queueing.policy import Policy
from queueing.simulation_files import BadFile, read_counters, read_day, read_policy
from queueing.simulator import simulate

SAMPLES = Path(queueing.__file__).parent / "data"
HEAD = "person,kind,service,arrives,slot,minutes,priority\n"
COUNTERS = '[{"counter": "1", "services": ["A", "B"], "opens": 0, "closes": 210}]'
TRACE = f"""{HEAD}w1,walk_in,A,0,,10,0
w2,walk_in,A,1,,10,0
b1,booked,B,4,15,7.5,0
b2,booked,A,,30,10,0
b3,booked,A,26,15,10,1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(TRACE)
    (tmp_path / "counters.json").write_text(COUNTERS)
    return tmp_path


def run(folder: Path, *more: str) -> Result:
    """`queueing simulate` on the files of the folder."""
    given = ["simulate", "--trace", str(folder / "people.csv"), "--counters", str(folder / "counters.json")]
    return CliRunner().invoke(queueing_group, [*given, *more])


def found(folder: Path, *more: str) -> dict[str, Any]:
    result = run(folder, "--json", *more)
    assert result.exit_code == 0, result.output
    figures: dict[str, Any] = json.loads(result.output)
    return figures


def test_the_figures_of_a_day_as_json(folder: Path) -> None:
    figures = found(folder)
    # w1 at 0, then b1 (due at 15, called from 9 on) at 10, w2 at 17.5, b3 (11 minutes late) at 27.5.
    assert figures["wait"]["booked"] == {"n": 1, "mean": 0, "p50": 0, "p95": 0, "max": 0}
    assert figures["wait"]["walk_in"] == {"n": 2, "mean": 8.25, "p50": 0, "p95": 16.5, "max": 16.5}
    assert figures["wait"]["late"]["max"] == 1.5
    assert figures["wait"]["all"]["n"] == 4
    assert figures["stay"] == {"booked": 6, "late": 1.5, "walk_in": 8.25, "all": 6}
    assert figures["punctual"] == {"n": 1, "within_5": 1, "within_10": 1}
    assert figures["never_came"] == 1
    assert figures["counters"]["1"] == {"planned": 210, "worked": 37.5, "utilisation": 0.1786}
    assert figures["policy"]["lead"] == Policy().lead
    assert figures["forecast"]["n"] == 4
    assert "compare" not in figures


def test_the_same_day_by_plain_first_come_beside_it(folder: Path) -> None:
    figures = found(folder, "--compare", "fifo")
    assert figures["policy"]["order"] == "rule"
    other = figures["compare"]
    assert other["order"] == "fifo"
    assert other["wait"]["walk_in"]["max"] == 9
    assert other["wait"]["booked"]["max"] == 5
    assert other["change"]["mean_stay"] == pytest.approx(figures["stay"]["all"] / other["stay"]["all"] - 1, abs=1e-3)


def test_every_call_is_written_down_with_what_was_told_at_check_in(folder: Path) -> None:
    assert run(folder, "--calls", str(folder / "out" / "calls.csv")).exit_code == 0
    with (folder / "out" / "calls.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["person", "counter", "called", "reason", "forecast_median", "forecast_low", "forecast_high"]
    assert [tuple(row.values())[:4] for row in rows] == [
        ("w1", "1", "0", "walk_in"), ("b1", "1", "10", "booked"), ("w2", "1", "17.5", "walk_in"), ("b3", "1", "27.5", "late"),
    ]  # fmt: skip
    assert all(float(row["forecast_low"]) <= float(row["forecast_median"]) <= float(row["forecast_high"]) for row in rows)
    assert rows[0]["forecast_median"] == "0"


def test_a_policy_of_an_office_is_used(folder: Path) -> None:
    (folder / "policy.json").write_text('{"lead": 0, "early": 20, "late": 30, "order": "rule", "priority": "strict"}')
    figures = found(folder, "--policy", str(folder / "policy.json"))
    assert {name: figures["policy"][name] for name in ("lead", "early", "late")} == {"lead": 0, "early": 20, "late": 30}
    assert figures["wait"]["booked"]["n"] == 2


def test_service_times_are_learned_from_earlier_days(folder: Path) -> None:
    def told_first(*more: str) -> float:
        found(folder, "--calls", str(folder / "calls.csv"), *more)
        with (folder / "calls.csv").open() as file:
            return max(float(row["forecast_median"]) for row in csv.DictReader(file) if row["person"] == "w2")

    (folder / "long.csv").write_text(HEAD + "".join(f"w{n},walk_in,A,{n},,{60 + n % 3},0\n" for n in range(40)))
    assert told_first("--history", str(folder / "long.csv")) > told_first() + 30


def test_as_text_it_says_the_same(folder: Path) -> None:
    result = run(folder, "--compare", "fifo")
    assert result.exit_code == 0
    for words in (
        "walk_in            2",
        "100.0% called within 5 minutes",
        "compared with fifo",
        "counter 1: 17.9%",
        "; 1 never came",
    ):
        assert words in result.output


@pytest.mark.parametrize("name", ["even", "long", "ward"])
def test_the_sample_days_are_replayed(name: str) -> None:
    day = read_day(SAMPLES / f"{name}-people.csv", SAMPLES / f"{name}-counters.json")
    served = simulate(day, Policy()).served
    assert len(served) == sum(person.arrives is not None for person in day.people) > 80


def test_it_needs_no_database_and_no_server(folder: Path) -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "queueing", "simulate"]
    files = ["--trace", str(folder / "people.csv"), "--counters", str(folder / "counters.json"), "--json"]
    done = subprocess.run([*command, *files], env=os.environ | nowhere, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["wait"]["all"]["n"] == 4


# --- bad input --------------------------------------------------------------------------------------------------------

BAD_PEOPLE = [
    ("", 1, "the column person is missing"),
    ("person,kind\n", 1, "the column service is missing"),
    (HEAD + "w1,walkin,A,0,,10,0\n", 2, "kind is booked or walk_in, not walkin"),
    (HEAD + "w1,walk_in,A,0,,10,0\n,walk_in,A,0,,10,0\n", 3, "person is empty"),
    (HEAD + "w1,walk_in,,0,,10,0\n", 2, "service is empty"),
    (HEAD + "w1,walk_in,Z,0,,10,0\n", 2, "no counter takes service Z"),
    (HEAD + "w1,walk_in,A,soon,,10,0\n", 2, "arrives is a number of minutes, not soon"),
    (HEAD + "w1,walk_in,A,9999,,10,0\n", 2, "arrives is between -480 and 900"),
    (HEAD + "w1,walk_in,A,0,,,0\n", 2, "minutes is a number of minutes, not empty"),
    (HEAD + "w1,walk_in,A,0,,nan,0\n", 2, "minutes is a number of minutes, not nan"),
    (HEAD + "w1,walk_in,A,0,,-1,0\n", 2, "minutes are between 0 and 900"),
    (HEAD + "w1,walk_in,A,0,15,10,0\n", 2, "a walk-in has no slot"),
    (HEAD + "b1,booked,A,0,,10,0\n", 2, "a booked person has a slot"),
    (HEAD + "w1,walk_in,A,0,,10,yes\n", 2, "priority is 0 or 1, not yes"),
    (HEAD + "w1,walk_in,A,0,,10\n", 2, "a row has 7 fields"),
    (HEAD + "w1,walk_in,A,0,,10,0,0\n", 2, "a row has 7 fields"),
    (HEAD + "w1,walk_in,A,0,,10,0\nw1,walk_in,A,0,,10,0\n", 3, "person w1 stands there a second time"),
    (HEAD + 'w1,"walk_in,A,0,,10,0\n', 2, "this is no CSV text"),
]


@pytest.mark.parametrize(("text", "line", "sentence"), BAD_PEOPLE, ids=[sentence for _text, _line, sentence in BAD_PEOPLE])
def test_a_bad_trace_is_refused_with_its_line(folder: Path, text: str, line: int, sentence: str) -> None:
    (folder / "people.csv").write_text(text)
    result = run(folder)
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {folder / 'people.csv'}, line {line}: {sentence}")
    assert result.output.count("\n") == 1


def test_what_is_no_text_or_is_not_there_is_refused(folder: Path) -> None:
    (folder / "people.csv").write_bytes(HEAD.encode() + b"\xff\xfe\n")
    assert (run(folder).exit_code, "no CSV text" in run(folder).output) == (2, True)
    (folder / "people.csv").unlink()
    assert (run(folder).exit_code, "cannot be read" in run(folder).output) == (2, True)
    (folder / "people.csv").write_text(TRACE)
    assert run(folder, "--calls", str(folder / "counters.json" / "calls.csv")).exit_code == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[", "line 1: this is no JSON"),
        ("[]", "a list of at least one counter"),
        ('[{"services": ["A"]}]', "counter 1: an object with"),
        ('[{"counter": "1", "services": []}]', 'counter 1: "services" is a list'),
        ('[{"counter": "1", "services": ["A"], "opens": 0}]', "counter 1: opens and closes are minutes"),
        ('[{"counter": "1", "services": ["A"], "opens": 9, "closes": 9}]', "it closes (9) after it opens (9)"),
        ('[{"counter": "1", "services": ["A"], "intervals": [[0, 9], [8, 12]]}]', "its intervals overlap"),
        ('[{"counter": "1", "services": ["A"], "intervals": []}]', '"intervals" is a list'),
        (f"[{COUNTERS[1:-1]}, {COUNTERS[1:-1]}]", "counter 1 stands there a second time"),
    ],
)
def test_bad_counters_are_refused(folder: Path, text: str, sentence: str) -> None:
    (folder / "counters.json").write_text(text)
    result = run(folder)
    assert result.exit_code == 2
    assert sentence in result.output
    assert result.output.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "line 1: this is no JSON"),
        ("[]", "an object with any of order"),
        ('{"speed": 1}', "speed is no part of a policy"),
        ('{"lead": "10"}', 'lead is a whole number, not "10"'),
        ('{"guard": -1}', "times of a policy are not negative"),
        ('{"order": "lifo"}', "order is one of rule, fifo"),
        ('{"order": ["rule"]}', "order is one of rule, fifo"),
    ],
)
def test_a_bad_policy_is_refused(folder: Path, text: str, sentence: str) -> None:
    (folder / "policy.json").write_text(text)
    with pytest.raises(BadFile) as refused:
        read_policy(folder / "policy.json")
    assert sentence in str(refused.value)


def test_counters_may_break_and_have_numbers_for_names(folder: Path) -> None:
    (folder / "counters.json").write_text(
        '[{"counter": 3, "services": ["A", "A"], "intervals": [[150, 210], [0, 60], [60, 120]]}]'
    )
    assert [(c.counter, c.services, c.spans) for c in read_counters(folder / "counters.json")] == [
        ("3", ("A",), ((0, 120), (150, 210)))
    ]


# --- generate ---------------------------------------------------------------------------------------------------------


def test_a_generated_day_can_be_replayed_at_once(tmp_path: Path) -> None:
    made = CliRunner().invoke(
        queueing_group, ["generate", "--kind", "long", "--seed", "9", "--load", "0.5", "--out", str(tmp_path)]
    )
    assert made.exit_code == 0, made.output
    again = CliRunner().invoke(
        queueing_group, ["generate", "--kind", "long", "--seed", "9", "--load", "0.5", "--out", str(tmp_path / "2")]
    )
    assert again.exit_code == 0
    assert (tmp_path / "people.csv").read_text() == (tmp_path / "2" / "people.csv").read_text()
    figures = found(tmp_path)
    assert figures["wait"]["all"]["n"] > 30
    assert all(counter["utilisation"] < 1 for counter in figures["counters"].values())
