from __future__ import annotations

import pytest
from PIL import Image

from printer.escpos_bytes import BAND_ROWS, encode
from printer.models import WIDTHS
from printer.raster import draw
from printer.slip import Slip
from tests.printer.slips import EVERYDAY, LONG


class PaperRoll:
    """Carries out the commands a slip uses, as Epson's reference describes them, and nothing else."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[bytes] = []
        self.tallest_band = 0
        self.cut = False

    def print(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            at += self._command(data[at:])

    def _command(self, data: bytes) -> int:
        if data[:2] == b"\x1b@" or data[:3] == b"\x1dr\x01":
            return 2 if data[:1] == b"\x1b" else 3
        if data[:2] == b"\x1dP":
            assert data[2] == data[3] == (180 if self.width == 512 else 203)
            return 4
        if data[:2] == b"\x1bJ":
            self.rows += [bytes(self.width // 8)] * data[2]
            return 3
        if data[:4] == b"\x1dv0\x00":
            return self._band(data)
        assert data[:4] == b"\x1dVB\x00", f"unknown command {data[:4].hex()}"
        self.cut = True
        return 4

    def _band(self, data: bytes) -> int:
        across, down = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
        assert across * 8 == self.width
        self.tallest_band = max(self.tallest_band, down)
        self.rows += [data[8 + row * across : 8 + (row + 1) * across] for row in range(down)]
        return 8 + across * down

    def image(self) -> Image.Image:
        dots = bytes(255 - byte for row in self.rows for byte in row)
        return Image.frombytes("1", (self.width, len(self.rows)), dots)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("slip", [EVERYDAY, LONG], ids=["everyday", "long"])
def test_the_printer_draws_exactly_the_image_in_small_bands_and_cuts(slip: Slip, width: int) -> None:
    page = draw(slip, width)
    data = encode(page)
    roll = PaperRoll(width)
    roll.print(data)
    assert roll.image().tobytes() == page.tobytes()
    assert roll.tallest_band <= BAND_ROWS
    assert roll.cut


def test_blank_paper_is_fed_not_sent_as_white_dots() -> None:
    page = Image.new("1", (576, 700), 1)
    page.paste(0, (0, 0, 576, 10))
    page.paste(0, (0, 690, 576, 700))
    assert len(encode(page)) < 2 * 10 * 72 + 50


def test_the_last_bytes_ask_for_the_acknowledgement() -> None:
    assert encode(draw(EVERYDAY, 576)).endswith(b"\x1dVB\x00\x1dr\x01")


def test_an_image_that_would_be_dithered_is_refused() -> None:
    with pytest.raises(ValueError, match="mode 1"):
        encode(draw(EVERYDAY, 576).convert("L"))
