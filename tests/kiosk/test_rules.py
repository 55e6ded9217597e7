"""The pure parts: reading a scan, and choosing the tiles."""

from __future__ import annotations

import unicodedata

import pytest

from kiosk.scanned import Scanned, read_scanned
from kiosk.tiles import OTHER, Offer, tiles


@pytest.mark.parametrize(
    ("text", "kind", "token"),
    [
        ("https://dunggio.example/a/AbC_12345-x", "appointment", "AbC_12345-x"),
        ("  HTTPS://DUNGGIO.EXAMPLE/A/aBc_12345-X\r\n", "appointment", "AbC_12345-x"),
        ("http://10.0.0.5/t/AbCdEfGh", "ticket", "AbCdEfGh"),
        ("http://10.0.0.5/t/AbCdEfGh?lang=en#top", "ticket", "AbCdEfGh"),
        ("\x02/t/AbCdEfGh\x03", "ticket", "AbCdEfGh"),
        ("https%3A%2F%2Fx%2Fa%2FAbCdEfGh", "appointment", "AbCdEfGh"),
        ("AbCdEfGhIjKlMnOp", "token", "AbCdEfGhIjKlMnOp"),
        ("K7M4XP", "words", "K7M4XP"),
        ("001199000001||Nguyễn Thị Thử|01011999|Nữ|Hà Nội|01082024", "card", ""),
    ],
)
def test_what_a_scanner_types_is_made_out(text: str, kind: str, token: str) -> None:
    assert read_scanned(text) == Scanned(kind, token)  # type: ignore[arg-type]  # the table is of plain texts


def test_a_decomposed_text_reads_like_a_composed_one() -> None:
    text = "Phiếu hẹn /a/AbCdEfGh"
    assert read_scanned(unicodedata.normalize("NFD", text)) == read_scanned(text) == Scanned("appointment", "AbCdEfGh")


def test_few_fields_are_a_tile_each_in_the_offices_order() -> None:
    shown = tiles([Offer("1", "Hộ tịch"), Offer("2", "Đất đai"), Offer("3", "Hộ tịch", common=True)])
    assert [tile.field for tile in shown] == ["Hộ tịch", "Đất đai"]
    assert [offer.code for offer in shown[0].services] == ["3", "1"]


def test_never_more_than_eight_tiles_and_no_service_is_lost() -> None:
    offers = [Offer(f"{field}-{n}", f"lĩnh vực {field}", common=n == 0) for field in range(12) for n in range(1 + field % 4)]
    shown = tiles(offers)
    assert len(shown) == 8
    assert shown[-1].field == OTHER
    assert {offer.code for tile in shown for offer in tile.services} == {offer.code for offer in offers}
    assert min(len(tile.services) for tile in shown[:-1]) >= 2
