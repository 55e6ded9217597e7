"""Which screen this is: what its page is told of its layout and of its voice.

A paired display of the office has its own options; anybody else's browser has the defaults. What the address asks for
(`?layout=led&counter=3`) goes before both, so that a layout can be looked at without pairing a machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.rights import Actor
from office.display_options import DisplayOptions
from office.models import Device, Office

SILENT = ("counter", "public")
"""Layouts without a voice, unless the device was given one: the hall's television speaks for them."""


class Screen(BaseModel):
    """As `screen_of` says it. No engine, or no quiet hours, means what the office set: the board says that."""

    device: int | None
    layout: str
    counter: int | None
    fields: list[str]
    volume: int
    engine: str | None
    quiet: tuple[str, str] | None


def screen_of(session: Session, office: Office, who: Actor, query: Mapping[str, str]) -> dict[str, Any]:
    """The page's data `display`: `device` (id or null), layout, counter, fields, volume; engine and quiet hours, or null
    for the office's own, which the board says.

    A public board is nobody's display: it is silent and cannot say that a call was drawn, whatever machine shows it.
    """
    device = session.get(Device, who.id) if who.role == "display" and who.belongs_to(office.code) else None
    options = DisplayOptions.of(device.options if device else {}).looked_at(query)
    silent = options.layout == "public" or (options.engine is None and options.layout in SILENT)
    return {
        "device": device.id if device and options.layout != "public" else None,
        "layout": options.layout,
        "counter": options.counter,
        "fields": list(options.fields),
        "volume": options.volume,
        "engine": "off" if silent else options.engine,
        "quiet": list(options.quiet) if options.quiet else None,
    }
