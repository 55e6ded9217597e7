"""What one screen of the hall shows and says: its layout, and its own voice. Pure.

Stored as plain JSON in `Device.options`. A browser that is no paired display shows the defaults. `None` of the voice means
what the office set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

LAYOUTS = ("wall", "led", "counter", "public")
"""The television of the hall; few and huge characters; the sign over one counter; a board for who waits elsewhere."""
ENGINES = ("auto", "clips", "espeak", "browser", "chime", "off")
"""How a call is made heard; auto takes the best that the machine and the office have."""
LOUDEST = 100
HIGHEST_COUNTER = 999
MOST_FIELDS = 12
LONGEST_FIELD = 80

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_WHOLE = re.compile(r"\d{1,4}")


class WrongOption(ValueError):
    """An option that a display cannot have: `option` names it. The words for it are in display_words.py."""

    def __init__(self, option: str) -> None:
        super().__init__(f"a display cannot have this {option}")
        self.option = option


@dataclass(frozen=True)
class DisplayOptions:
    """The options of one screen. Whether it stands or lies is no option: the style sheet sees that."""

    layout: str = "wall"
    counter: int | None = None
    """Whose sign it is, with the layout `counter`."""
    fields: tuple[str, ...] = ()
    """The fields of work whose waiting people it counts; none means all."""
    volume: int = LOUDEST
    engine: str | None = None
    quiet: tuple[str, str] | None = None
    """From when until when, on the wall clock, nothing is heard; the same hour twice means never."""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> DisplayOptions:
        """From what was stored. A name or a value this version does not know is passed over: a screen always shows something."""
        options = cls()
        for name in (field.name for field in fields(cls)):
            if stored.get(name) is not None:
                try:
                    options = replace(options, **{name: _READERS[name](stored[name])})
                except WrongOption:
                    continue
        return options._tidy() if options._holds() else replace(options, layout="wall", counter=None)

    def stored(self) -> dict[str, Any]:
        """As JSON, without what is left to the defaults."""
        default = asdict(DisplayOptions())
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value != default[name]
        }

    def looked_at(self, query: Mapping[str, str]) -> DisplayOptions:
        """The same screen with what an address asks for, e.g. layout=led: to see a layout without pairing a machine."""
        asked = {name: query[name] for name in ("layout", "counter", "volume", "engine") if query.get(name)}
        return DisplayOptions.of(self.stored() | asked)

    def _holds(self) -> bool:
        return self.layout != "counter" or self.counter is not None

    def _tidy(self) -> DisplayOptions:
        """Without a counter where the layout is not that of one."""
        return self if self.layout == "counter" else replace(self, counter=None)


def read_options(form: Mapping[str, str], chosen_fields: Sequence[str] = ()) -> DisplayOptions:
    """What was typed and chosen for a display: layout, counter, volume, engine, quiet_from and quiet_until, and its fields.

    An empty or missing entry means the default. Raises WrongOption.
    """
    typed = {name: value.strip() for name, value in form.items() if isinstance(value, str) and value.strip()}
    given: dict[str, Any] = {name: typed[name] for name in ("layout", "counter", "volume", "engine") if name in typed}
    if chosen_fields:
        given["fields"] = [field for field in chosen_fields if field]
    if "quiet_from" in typed or "quiet_until" in typed:
        given["quiet"] = [typed.get("quiet_from", ""), typed.get("quiet_until", "")]
    options = DisplayOptions(**{name: _READERS[name](value) for name, value in given.items()})
    if not options._holds():
        raise WrongOption("counter")
    return options._tidy()


def _one_of(option: str, choices: Sequence[str], value: Any) -> str:
    if value not in choices:
        raise WrongOption(option)
    return str(value)


def _whole(option: str, low: int, high: int, value: Any) -> int:
    if isinstance(value, bool) or not _WHOLE.fullmatch(str(value)) or not low <= int(value) <= high:
        raise WrongOption(option)
    return int(value)


def _fields(value: Any) -> tuple[str, ...]:
    named = isinstance(value, list | tuple) and all(isinstance(name, str) and 0 < len(name) <= LONGEST_FIELD for name in value)
    if not named or len(value) > MOST_FIELDS:
        raise WrongOption("fields")
    return tuple(dict.fromkeys(value))


def _quiet(value: Any) -> tuple[str, str]:
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(_CLOCK.fullmatch(str(hour)) for hour in value):
        raise WrongOption("quiet")
    return str(value[0]), str(value[1])


_READERS: dict[str, Callable[[Any], Any]] = {
    "layout": lambda value: _one_of("layout", LAYOUTS, value),
    "counter": lambda value: _whole("counter", 1, HIGHEST_COUNTER, value),
    "fields": _fields,
    "volume": lambda value: _whole("volume", 0, LOUDEST, value),
    "engine": lambda value: _one_of("engine", ENGINES, value),
    "quiet": _quiet,
}
