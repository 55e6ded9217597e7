"""An image as the bytes an ESC/POS printer understands (Epson's command reference; clones share this part).

Own code rather than python-escpos: its raster commands have no bands of 128 rows with blank rows fed, and importing it
takes 0.2-0.35 s and reconfigures logging (printing.md).
"""

from __future__ import annotations

from PIL import Image

from printer.outcome import ACKNOWLEDGE

BAND_ROWS = 128
"""Rows of one GS v 0 at most: small printers keep no larger image."""

FEED_AT_LEAST = 8
"""Blank rows from which a feed is shorter and quicker than white dots."""

_RESET = b"\x1b@"
_CUT = b"\x1dVB\x00"
"""GS V 66 0: feed to the cutter, then cut, leaving a bridge where the printer can."""

_INVERTED = bytes(255 - byte for byte in range(256))
_DPI = {576: 203, 512: 180, 384: 203}


def encode(image: Image.Image) -> bytes:
    """The whole slip: reset, image in bands, cut, and the request for an acknowledgement as the last bytes.

    Takes mode "1" only: any other would have to be dithered, and a dithered QR is not read.
    """
    if image.mode != "1":
        raise ValueError("a slip is drawn in mode 1")
    row_bytes = (image.width + 7) // 8
    # In mode "1" a set bit is white; on thermal paper a set bit is black.
    dots = image.tobytes().translate(_INVERTED)
    rows = [dots[at : at + row_bytes] for at in range(0, len(dots), row_bytes)]
    unit = _DPI.get(image.width, 203)
    # GS P: ESC J feeds in units of one dot row, whatever the printer's default unit is.
    parts = [_RESET, bytes((0x1D, 0x50, unit, unit))]
    for blank, run in _runs(rows):
        parts += _feeds(len(run)) if blank else _bands(run, row_bytes)
    return b"".join([*parts, _CUT, ACKNOWLEDGE])


def _runs(rows: list[bytes]) -> list[tuple[bool, list[bytes]]]:
    """The rows in order as (blank, rows); blank ones are split off only where feeding them pays."""
    runs: list[tuple[bool, list[bytes]]] = []
    for row in rows:
        blank = not any(row)
        if runs and runs[-1][0] == blank:
            runs[-1][1].append(row)
        else:
            runs.append((blank, [row]))
    merged: list[tuple[bool, list[bytes]]] = []
    for blank, run in runs:
        fed = blank and len(run) >= FEED_AT_LEAST
        if merged and not fed and not merged[-1][0]:
            merged[-1][1].extend(run)
        else:
            merged.append((fed, run))
    return merged


def _feeds(rows: int) -> list[bytes]:
    return [b"\x1bJ" + bytes((min(255, rows - at),)) for at in range(0, rows, 255)]


def _bands(rows: list[bytes], row_bytes: int) -> list[bytes]:
    bands = (rows[at : at + BAND_ROWS] for at in range(0, len(rows), BAND_ROWS))
    return [b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + len(band).to_bytes(2, "little") + b"".join(band) for band in bands]
