"""`queueing simulate` and `queueing generate`: replay a day of a ward, and invent one. Neither needs a database or a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

import click

from queueing.forecast_commands import forecast_error
from queueing.log_commands import queueing_group as queueing_group
from queueing.policy import Policy
from queueing.simulation_files import (
    POLICY_NAMES,
    BadFile,
    WardDay,
    read_day,
    read_people,
    read_policy,
    write_counters,
    write_people,
)
from queueing.simulation_forecast import by_the_rule
from queueing.simulation_report import KINDS as PEOPLE
from queueing.simulation_report import change, summary, write_calls
from queueing.simulator import simulate
from queueing.ward_days import KINDS, generate

queueing_group.add_command(forecast_error)

_file = click.Path(dir_okay=False, path_type=Path)


class BadInput(click.ClickException):
    """One sentence about the input, and exit code 2."""

    exit_code = 2


@queueing_group.command("simulate", with_appcontext=False)
@click.option("--trace", type=_file, required=True, help="people.csv: who comes when, for what, and how long it takes.")
@click.option("--counters", type=_file, required=True, help="counters.json: what each counter takes and when it is open.")
@click.option("--policy", type=_file, help="policy.json; without it the rule with its defaults.")
@click.option("--history", type=_file, multiple=True, help="people.csv of an earlier day: service times are learned from it.")
@click.option("--compare", type=click.Choice(["fifo"]), help="Replay the day by this order too.")
@click.option("--calls", type=_file, help="Write every call to this file.")
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON.")
def run_simulation(
    trace: Path,
    counters: Path,
    policy: Path | None,
    history: Sequence[Path],
    compare: str | None,
    calls: Path | None,
    as_json: bool,
) -> None:
    """Replay a day through the very rule the counters use, and say how long people waited."""
    with _bad_input():
        day, its = read_day(trace, counters), Policy() if policy is None else read_policy(policy)
        past = [read_people(file) for file in history]
    replayed = simulate(day, its, by_the_rule(past))
    found: dict[str, Any] = {"policy": _policy(its), **summary([replayed])}
    if compare:
        found["compare"] = _compared(day, its, compare, found)
    if calls is not None:
        _write(calls, lambda file: write_calls(replayed, file))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for line in _lines(found):
        click.echo(line)


@queueing_group.command("generate", with_appcontext=False)
@click.option("--kind", type=click.Choice(list(KINDS)), default="even", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same day.")
@click.option("--load", type=click.FloatRange(0.05, 2), help="Work of those who come, per minute the counters are open.")
@click.option("--booked", type=click.FloatRange(0, 0.6), help="The share of those who come that has booked.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Folder for the two files.")
def generate_day(kind: str, seed: int, load: float | None, booked: float | None, out: Path) -> None:
    """Invent a day of a ward: people.csv and counters.json."""
    its = KINDS[kind]
    its = replace(its, load=its.load if load is None else load, booked=its.booked if booked is None else booked)
    day = generate(its, seed)
    _write(out / "people.csv", lambda file: write_people(day.people, file))
    _write(out / "counters.json", lambda file: write_counters(day.counters, file))
    click.echo(f"{out / 'people.csv'}: {len(day.people)} people; {out / 'counters.json'}: {len(day.counters)} counters")


@contextmanager
def _bad_input() -> Iterator[None]:
    try:
        yield
    except BadFile as error:
        raise BadInput(str(error)) from error


def _write(path: Path, write: Callable[[TextIO], None]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            write(file)
    except OSError as error:
        raise BadInput(f"{path}: it cannot be written ({error.strerror})") from error


def _policy(policy: Policy) -> dict[str, Any]:
    return {name: value for name, value in asdict(policy).items() if name in POLICY_NAMES}


def _compared(day: WardDay, policy: Policy, order: Any, found: Mapping[str, Any]) -> dict[str, Any]:
    other = summary([simulate(day, replace(policy, order=order))])
    wait, stay = found["wait"]["all"]["mean"], found["stay"]["all"]
    changes = {"mean_wait": change(wait, other["wait"]["all"]["mean"]), "mean_stay": change(stay, other["stay"]["all"])}
    return {"order": order, **other, "change": changes}


# --- as text ----------------------------------------------------------------------------------------------------------


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield "policy: " + ", ".join(f"{name} {value}" for name, value in found["policy"].items())
    yield from _figures(found)
    if found["forecast"]:
        told = found["forecast"]
        held = _share(told["range_held"])
        yield f"forecast: mean error {told['mean_absolute_error']} minutes, the range held for {held} of {told['n']}"
    for name, counter in found["counters"].items():
        yield f"counter {name}: {_share(counter['utilisation'])} of {counter['planned']:g} planned minutes worked"
    if "compare" in found:
        other = found["compare"]
        yield f"compared with {other['order']}:"
        yield from _figures(other)
        wait, stay = (_signed(other["change"][name]) for name in ("mean_wait", "mean_stay"))
        yield f"mean over all people against {other['order']}: wait {wait}, stay {stay}"


def _figures(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'wait, minutes':<14}{'n':>6}{'mean':>8}{'p50':>8}{'p95':>8}{'max':>8}{'stay':>8}"
    for kind in PEOPLE:
        row, stay = found["wait"][kind], found["stay"][kind]
        if row["n"]:
            yield f"{kind:<14}{row['n']:>6}{row['mean']:>8}{row['p50']:>8}{row['p95']:>8}{row['max']:>8}{stay:>8}"
    punctual, overtaken = found["punctual"], found["overtaken"]
    yield (
        f"punctual booked people: {_share(punctual['within_5'])} called within 5 minutes of due, "
        f"{_share(punctual['within_10'])} within 10; {found['never_came']} never came"
    )
    if overtaken["n"]:
        yield f"walk-ins over the guard: {overtaken['n']}, overtaken {overtaken['mean']} times each, {overtaken['max']} at most"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1%}"
