"""An office's set-up as one file: JSON that people can read, without passwords, people, bookings or tokens. Pure.

The format is documented in docs/office-file.md; office_file_reading reads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from setup.change_rules import HOURS, OFFICE, SETTINGS, Part, Parts, kind_of, name_of
from setup.office_file_reading import FORMAT, SECTIONS, TEXTS, VERSION, OfficeFile

TEMPLATE_SECTIONS = ("hours", "days", "settings", "services")
"""What makes sense for many offices at once: their addresses, counters and machines are their own."""


def written(setup: Mapping[str, Part], printers: list[dict[str, Any]], code: str, name: str) -> str:
    """The file of an office."""
    found: dict[str, Any] = {"format": FORMAT, "version": VERSION, "office": code, "name": name}
    found["texts"] = {key: setup[OFFICE][key] for key in TEXTS}
    found["settings"] = dict(sorted(setup[SETTINGS].items()))
    found["hours"] = setup[HOURS]
    found["days"] = {name_of(part): _day_out(setup[part]) for part in setup if kind_of(part) == "day"}
    found["services"] = [{"code": name_of(part)} | setup[part] for part in setup if kind_of(part) == "service"]
    counters = [part for part in setup if kind_of(part) == "counter" and not setup[part]["retired"]]
    fields = ("name", "planned", "hours", "services")
    found["counters"] = [{"number": int(name_of(part))} | {key: setup[part][key] for key in fields} for part in counters]
    screens = [part for part in setup.values() if part.get("kind") == "display" and not part["revoked"]]
    found["displays"] = [{"name": part["name"], "options": part["options"]} for part in screens]
    found["printers"] = printers
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _day_out(part: Part) -> Part:
    spans = ["-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span) for span in part["spans"]]
    return {"name": part["name"], "holiday": part["holiday"], "spans": spans, "as_weekday": part["as_weekday"]}


def wanted(file: OfficeFile, setup: Mapping[str, Part], today: date, sections: Sequence[str] = SECTIONS) -> Parts:
    """The parts that the file says of an office set up like `setup`, of these sections: what a file does not list is switched
    off (services), retired (counters), as usual (settings, days). Displays are known by their name; others are left alone, and
    so are days that are over.
    """
    parts: Parts = {}
    for name in sections:
        if name in file.sections:
            parts |= _WANTED[name](file.sections[name], setup)
    return {name: part for name, part in parts.items() if kind_of(name) != "day" or name_of(name) >= today.isoformat()}


def _texts(section: Any, _setup: Mapping[str, Part]) -> Parts:
    return {OFFICE: section}


def _settings(section: Any, setup: Mapping[str, Part]) -> Parts:
    return {SETTINGS: dict.fromkeys(setup[SETTINGS]) | section}


def _hours(section: Any, _setup: Mapping[str, Part]) -> Parts:
    return {HOURS: dict.fromkeys("0123456") | section}


def _days(section: Any, setup: Mapping[str, Part]) -> Parts:
    gone: Parts = {part: None for part in setup if kind_of(part) == "day" and name_of(part) not in section}
    return gone | {f"day:{on}": part for on, part in section.items()}


def _services(section: Any, setup: Mapping[str, Part]) -> Parts:
    codes = {row["code"] for row in section}
    off: Parts = {part: {"active": False} for part in setup if kind_of(part) == "service" and name_of(part) not in codes}
    return off | {f"service:{row['code']}": {name: row[name] for name in row if name != "code"} for row in section}


def _counters(section: Any, setup: Mapping[str, Part]) -> Parts:
    numbers = {row["number"] for row in section}
    there = [part for part in setup if kind_of(part) == "counter" and not setup[part]["retired"]]
    gone: Parts = {
        part: {"retired": True, "planned": False, "services": []} for part in there if int(name_of(part)) not in numbers
    }
    said = {f"counter:{row['number']}": {n: row[n] for n in row if n != "number"} | {"retired": False} for row in section}
    return gone | said


def _displays(section: Any, setup: Mapping[str, Part]) -> Parts:
    options = {row["name"]: row["options"] for row in section}
    screens = [name for name, part in setup.items() if part.get("kind") == "display" and not part["revoked"]]
    return {name: {"options": options[setup[name]["name"]]} for name in screens if setup[name]["name"] in options}


_WANTED: Mapping[str, Callable[[Any, Mapping[str, Part]], Parts]] = {
    "texts": _texts,
    "settings": _settings,
    "hours": _hours,
    "days": _days,
    "services": _services,
    "counters": _counters,
    "displays": _displays,
    "printers": lambda _section, _setup: {},
}
