"""`queueing log`: check the log of an office's line, print a day of it, or export it for somebody else's check."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from core.rights import NotFound
from core.web import config, reading
from office.models import Office
from office.store import office_by_code
from queueing import log_store
from queueing.log_check import Checked, check
from queueing.log_rules import START, Entry, by_hand, in_groups, written
from queueing.log_words import day_heading, hand_words, sentence, what_words

queueing_group = AppGroup("queueing", help="Replay days of a ward, and look after the log of its line.")

MOST_SAID = 50
"""So many findings are said one by one: after the first the rest is mostly its echo."""

_day = click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Only this day of the office, e.g. 2026-11-23.")


@queueing_group.group()
def log() -> None:
    """The log of an office's line: every change of it, chained."""


@log.command()
@click.argument("office_code", metavar="OFFICE")
@_day
@click.option("--hash", "printed", multiple=True, help="A hash from paper (16 digits or more) that the log must lead to.")
@click.option("--json", "as_json", is_flag=True, help="Everything found, as JSON.")
def verify(office_code: str, day: datetime | None, printed: Sequence[str], as_json: bool) -> None:
    """Check the chain, that the tables still say what it tells, and that the calls kept to their reasons. Exit code 1: not so."""
    with reading() as session:
        checked = check(session, _office(session, office_code), day.date() if day else None, printed)
    if as_json:
        found = {"office": office_code, "ok": not checked.findings} | asdict(checked)
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _say(office_code, checked)
    if checked.findings:
        raise click.exceptions.Exit(1)


def _say(office_code: str, checked: Checked) -> None:
    for finding in checked.findings[:MOST_SAID]:
        click.echo(finding.sentence, err=True)
    if len(checked.findings) > MOST_SAID:
        click.echo(f"And {len(checked.findings) - MOST_SAID} more.", err=True)
    if checked.findings:
        return
    click.echo(
        f"{office_code}: {checked.entries} entries, the chain holds and the tables agree. {checked.calls} calls, of which"
        f" {checked.judged} could be judged by the log alone and kept to their reasons. {checked.by_hand} moves by hand."
    )
    click.echo(f"It ends with {in_groups(checked.last_hash)}" if checked.entries else "There is nothing in it yet.")


@log.command("print")
@click.argument("office_code", metavar="OFFICE")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day of the office, e.g. 2026-11-23.")
def print_day(office_code: str, day: datetime) -> None:
    """Print a day of the log as plain text, in the language of the office, with the hash it ends with."""
    with reading() as session:
        office = _office(session, office_code)
        entries = log_store.entries_of_day(session, office, day.date())
        names = log_store.staff_names(session, {int(entry.detail["staff"]) for entry in entries if "staff" in entry.detail})
    click.echo(day_heading(office.name, day.date()))
    for line in _lines(entries, names):
        click.echo(line)
    if entries:
        click.echo(in_groups(entries[-1].hash))


def _lines(entries: Sequence[Entry], names: Mapping[int, str]) -> Iterator[str]:
    marked, tz = by_hand(entries), config().tz
    for entry in entries:
        detail = entry.detail
        columns = (
            f"{entry.n:>6}", f"{entry.at.astimezone(tz):%H:%M:%S}", f"{detail.get('counter', ''):>3}",
            f"{detail.get('number', ''):<5}", hand_words() if entry.n in marked else "", what_words(entry.what),
            sentence(entry, tz), names.get(detail.get("staff", 0), ""),
        )  # fmt: skip
        yield " | ".join(columns[:4]) + " | " + " | ".join(text for text in columns[4:] if text)


@log.command()
@click.argument("office_code", metavar="OFFICE")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Only this day of the office; all days when not said.")
def export(office_code: str, day: datetime | None) -> None:
    """Write entries as JSON lines, each with the hash before and its own: docs/fairness.md says how anybody checks them."""
    with reading() as session:
        office = _office(session, office_code)
        for line in exported(session, office, day.date() if day else None):
            click.echo(line)


def exported(session: Session, office: Office, on: date | None) -> Iterator[str]:
    """The lines of an export: the canonical form of each entry, with its `hash`."""
    entries = iter(log_store.all_entries(session, office) if on is None else log_store.entries_spanning(session, office, on))
    before: str | None = None
    for entry in entries:
        if before is None:
            previous = log_store.entry_before(session, office, entry.n)
            before = previous.hash if previous is not None else START
        yield written(entry, before, hash=entry.hash).decode()
        before = entry.hash


def _office(session: Session, code: str) -> Office:
    try:
        return office_by_code(session, code)
    except NotFound as missing:
        raise click.ClickException(f"No office has the code {code}.") from missing
