"""What stands in the addresses of this site: a part that no row could ever have is an unknown address."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

GREATEST_ID = 2**31 - 1
"""The greatest number the databases keep as an id."""


class _IntegerId(IntegerConverter):
    def __init__(self, map: Map, *args: Any, **fields: Any) -> None:  # noqa: A002 (the name is Werkzeug's)
        super().__init__(map, *args, **{"max": GREATEST_ID} | fields)


class _Readable(UnicodeConverter):
    def to_python(self, value: str) -> str:
        # PostgreSQL has no text with a zero character in it.
        if "\0" in value:
            raise ValidationError()
        return value


def install(app: Flask) -> None:
    """Hold every `<part>` and `<int:part>` of the addresses to what can be stored. Before the rooms' addresses are added."""
    app.url_map.converters = {**app.url_map.converters, "default": _Readable, "string": _Readable, "int": _IntegerId}
