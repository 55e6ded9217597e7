"""QR codes as drawings."""

from __future__ import annotations

from functools import lru_cache

import qrcode
from qrcode.image.svg import SvgPathImage


@lru_cache(512)
def qr_svg(text: str) -> str:
    """A QR code as an SVG drawing: one path on a two-module margin, scaled by whoever shows it.

    Drawing takes 7 ms of the event loop; the pages that show one are loaded again and again, so the last ones are kept.
    """
    return str(qrcode.make(text, image_factory=SvgPathImage, border=2).to_string(encoding="unicode"))
