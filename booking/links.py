"""Addresses of a booking, and the token in what a scanner reads. Pure: `public_url` is the configuration's."""

from __future__ import annotations

import re

_SCANNED = re.compile(r"(?:https?://[^\s/]+(?:/[^\s]*?)?)?/a/([A-Za-z0-9_-]{8,64})/?(?:[?#]\S*)?")


def page_url(public_url: str, token: str) -> str:
    """The page of a booking: what its QR holds."""
    return f"{public_url}/a/{token}"


def qr_url(public_url: str, token: str) -> str:
    """The QR of `page_url` as a picture (SVG)."""
    return f"{page_url(public_url, token)}/qr.svg"


def ics_url(public_url: str, token: str) -> str:
    """The booking as a file for a calendar."""
    return f"{page_url(public_url, token)}.ics"


def token_in(scanned: str) -> str | None:
    """The token in a booking's scanned QR text (any host: the address of the office may have changed); None in any other."""
    match = _SCANNED.fullmatch(scanned.strip())
    return match.group(1) if match else None
