"""Reads the file of an office strictly: what this version does not know is refused with its place in the file. Pure.

A file half read would make an office that nobody planned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from office import settings
from office.display_options import DisplayOptions
from office.hours import Weekly, WeeklySpan, parse_spans
from office.settings import SettingWrong
from setup import guard_rules
from setup.change_rules import Part

FORMAT, VERSION = "dung-gio/office-setup", 1
SECTIONS = ("texts", "settings", "hours", "days", "services", "counters", "displays", "printers")
"""Parts of a file that can be taken alone."""
TEXTS = ("address", "hotline", "technician", "notice", "guidance")
MOST_ROWS = 2000
LONGEST = 4000
_CODE = re.compile(r"[\w.-]{1,40}")


class FileWrong(ValueError):
    """A file that cannot be used: `place` is where, as in `services[3].minutes`; `why` one of the words in office_file_words."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place, self.why = place, why


@dataclass(frozen=True)
class OfficeFile:
    """A file as read: the sections that stand in it, each as plain data."""

    sections: Mapping[str, Any]


def read(text: str) -> OfficeFile:
    """A file, every value of it checked. Raises FileWrong."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise FileWrong(f"line {line}", "json") from error
    _want(isinstance(found, dict), "file", "object")
    _want(found.get("format") == FORMAT, "format", "format")
    _want(found.get("version") == VERSION, "version", "version")
    known = {"format", "version", "office", "name", *SECTIONS}
    for key in found:
        _want(key in known, str(key)[:40], "unknown")
    return OfficeFile({name: _READERS[name](found[name], name) for name in SECTIONS if name in found})


def _want(fits: bool, place: str, why: str) -> None:
    if not fits:
        raise FileWrong(place, why)


def _object(value: Any, place: str, fields: Mapping[str, Callable[[Any, str], Any]]) -> Part:
    """Exactly these fields, each read; a field that is missing is None and has to be allowed to."""
    _want(isinstance(value, dict), place, "object")
    for key in value:
        _want(key in fields, f"{place}.{str(key)[:40]}", "unknown")
    return {name: reader(value.get(name), f"{place}.{name}") for name, reader in fields.items()}


def _list(value: Any, place: str) -> list[Any]:
    _want(isinstance(value, list) and len(value) <= MOST_ROWS, place, "list")
    return list(value)


def _text(most: int, least: int = 0) -> Callable[[Any, str], str]:
    def reader(value: Any, place: str) -> str:
        fits = isinstance(value, str) and least <= len(value) <= most and (value.isprintable() or not value)
        _want(fits, place, "text")
        return str(value)

    return reader


def _truth(value: Any, place: str) -> bool:
    _want(isinstance(value, bool), place, "truth")
    return bool(value)


def _figure(low: int, high: int, *, empty: bool = False) -> Callable[[Any, str], int | None]:
    def reader(value: Any, place: str) -> int | None:
        if value is None and empty:
            return None
        _want(isinstance(value, int) and not isinstance(value, bool) and low <= value <= high, place, "figure")
        return int(value)

    return reader


def _texts_of(most: int, longest: int) -> Callable[[Any, str], list[str]]:
    def reader(value: Any, place: str) -> list[str]:
        rows = _list(value, place)
        _want(len(rows) <= most, place, "list")
        return [_text(longest, 1)(row, f"{place}[{n}]") for n, row in enumerate(rows)]

    return reader


def _code(value: Any, place: str) -> str:
    _want(isinstance(value, str) and _CODE.fullmatch(value) is not None, place, "code")
    return str(value)


def _week(value: Any, place: str) -> dict[str, list[str]]:
    _want(isinstance(value, dict), place, "object")
    for day in value:
        _want(day in tuple("0123456"), f"{place}.{str(day)[:10]}", "weekday")
    return Weekly(tuple(_spans(value.get(day, []), f"{place}.{day}") for day in "0123456")).written()


def _spans(value: Any, place: str) -> tuple[WeeklySpan, ...]:
    rows = _list(value, place)
    try:
        return parse_spans(_text(20)(row, place) for row in rows)
    except FileWrong:
        raise
    except ValueError as error:
        raise FileWrong(place, "spans") from error


def _own_week(value: Any, place: str) -> dict[str, list[str]] | None:
    return None if value is None else _week(value, place)


def _read_settings(value: Any, place: str) -> Part:
    _want(isinstance(value, dict), place, "object")
    found = {}
    for name, each in value.items():
        where = f"{place}.{str(name)[:40]}"
        _want(name in settings.names(), where, "unknown")
        usual = getattr(settings.Settings, name)
        _want(type(each) is type(usual), where, "setting")
        try:
            found[name] = settings.read_setting(name, str(each).lower() if isinstance(each, bool) else str(each))
        except SettingWrong as error:
            raise FileWrong(where, "setting") from error
    return found


def _read_days(value: Any, place: str) -> dict[str, Part]:
    _want(isinstance(value, dict) and len(value) <= MOST_ROWS, place, "object")
    found = {}
    for on, said in value.items():
        where = f"{place}.{str(on)[:20]}"
        try:
            _want(date.fromisoformat(on).isoformat() == on, where, "day")
        except ValueError as error:
            raise FileWrong(where, "day") from error
        fields = {"name": _text(60), "holiday": _truth, "spans": _spans, "as_weekday": _figure(0, 6, empty=True)}
        part = _object(said, where, fields)
        found[on] = part | {"spans": [[span.opens, span.closes] for span in part["spans"]]}
    return found


def _prefix(value: Any, place: str) -> str:
    _want(isinstance(value, str) and guard_rules.is_prefix(value), place, "letter")
    return str(value)


def _or_nothing(reader: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda value, place: None if value is None else reader(value, place)


_SERVICE: Mapping[str, Callable[[Any, str], Any]] = {
    "code": _code, "name": _text(200, 1), "name_en": _text(200), "field": _text(60, 1), "prefix": _prefix,
    "minutes": _figure(1, 240), "documents": _texts_of(60, LONGEST), "fee": _text(LONGEST), "processing_time": _text(LONGEST),
    "bookable": _truth, "common": _truth, "same_day": _truth, "early": _figure(0, 240, empty=True),
    "late": _figure(0, 240, empty=True), "places": _figure(0, 99, empty=True), "active": _truth,
    "position": _figure(0, 100_000), "procedure": _or_nothing(_code),
}  # fmt: skip
_COUNTER: Mapping[str, Callable[[Any, str], Any]] = {
    "number": _figure(1, 999), "name": _text(60), "planned": _truth, "hours": _own_week, "services": _texts_of(MOST_ROWS, 40),
}  # fmt: skip
_PRINTER: Mapping[str, Callable[[Any, str], Any]] = {
    "name": _text(60, 1), "kind": _text(16, 1), "address": _text(200), "width": _figure(1, 2000),
}  # fmt: skip


def _options(value: Any, place: str) -> Part:
    _want(isinstance(value, dict) and DisplayOptions.of(value).stored() == value, place, "options")
    return dict(value)


def _rows(fields: Mapping[str, Callable[[Any, str], Any]], key: str) -> Callable[[Any, str], list[Part]]:
    """A list of things, each named once by `key`."""

    def reader(value: Any, place: str) -> list[Part]:
        found = [_object(row, f"{place}[{n}]", fields) for n, row in enumerate(_list(value, place))]
        seen: set[Any] = set()
        for n, row in enumerate(found):
            _want(row[key] not in seen, f"{place}[{n}].{key}", "twice")
            seen.add(row[key])
        return found

    return reader


_READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "texts": lambda value, place: _object(
        value,
        place,
        {name: _text(200) for name in TEXTS if name != "guidance"} | {"guidance": _texts_of(12, 200)},
    ),
    "settings": _read_settings,
    "hours": _week,
    "days": _read_days,
    "services": _rows(_SERVICE, "code"),
    "counters": _rows(_COUNTER, "number"),
    "displays": _rows({"name": _text(60, 1), "options": _options}, "name"),
    "printers": _rows(_PRINTER, "name"),
}
