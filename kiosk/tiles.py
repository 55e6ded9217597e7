"""Which tiles the first screen shows, so that every service is two touches away. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

MOST_TILES = 8
"""More pictures than this are not looked through but given up on (screens.md)."""

OTHER = ""
"""The key of the tile that gathers what found no tile of its own."""


@dataclass(frozen=True)
class Offer:
    """A service as the kiosk offers it."""

    code: str
    field: str
    common: bool = False


@dataclass
class Tile:
    """One tile: a field of work, or OTHER, and its services, the common ones first."""

    field: str
    services: list[Offer] = dataclasses.field(default_factory=list)


def tiles(offers: Iterable[Offer], most: int = MOST_TILES) -> list[Tile]:
    """Fields as tiles, in the office's order; from the last place on, the fields with the fewest services share one.

    The order of services within a tile is the office's, common ones first.
    """
    by_field: dict[str, Tile] = {}
    for offer in offers:
        by_field.setdefault(offer.field, Tile(offer.field)).services.append(offer)
    shown = list(by_field.values())
    if len(shown) > most:
        kept = sorted(shown, key=lambda tile: (-_weight(tile), shown.index(tile)))[: most - 1]
        rest = Tile(OTHER, [offer for tile in shown if tile not in kept for offer in tile.services])
        shown = [tile for tile in shown if tile in kept] + [rest]
    for tile in shown:
        tile.services.sort(key=lambda offer: not offer.common)
    return shown


def _weight(tile: Tile) -> int:
    """How much a field is asked for: its services, the common ones counted threefold."""
    return sum(3 if offer.common else 1 for offer in tile.services)
