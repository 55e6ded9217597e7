"""`queueing forecast-error`: the error of the forecast on invented days, as docs/forecast.md shows it. Needs no database."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import click

from queueing.forecast_error import answers, by_kind
from queueing.ward_days import KINDS


@click.command("forecast-error")
@click.option("--days", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many days of each kind.")
@click.option("--seed", type=click.IntRange(0, 900), default=7, show_default=True, help="Another seed, other days.")
@click.option("--kind", "kinds", type=click.Choice(list(KINDS)), multiple=True, help="Only these kinds of day.")
@click.option("--load", type=click.FloatRange(0.05, 2), help="Work of those who come, per minute the counters are open.")
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON.")
def forecast_error(days: int, seed: int, kinds: tuple[str, ...], load: float | None, as_json: bool) -> None:
    """Judge the forecast against people ahead x average visit / open counters, on days it was not fitted on."""
    found = {}
    for name in kinds or tuple(KINDS):
        of_day = KINDS[name] if load is None else replace(KINDS[name], load=load)
        found[name] = by_kind(answers(of_day, range(seed * 1000, seed * 1000 + days)))
    if as_json:
        plain = {name: {kind: asdict(judged) for kind, judged in parts.items()} for name, parts in found.items()}
        click.echo(json.dumps(plain, indent=1))
        return
    click.echo(f"{'day':<8}{'people':<10}{'n':>7}{'error':>8}{'naive':>8}{'better':>8}{'held':>8}{'width':>8}")
    for name, parts in found.items():
        for kind, judged in parts.items():
            click.echo(
                f"{name:<8}{kind:<10}{judged.people:>7}{judged.error:>8.2f}{judged.naive_error:>8.2f}"
                f"{judged.better:>8.0%}{judged.held:>8.1%}{judged.width:>8.1f}"
            )
