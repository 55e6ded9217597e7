"""Addresses of a booking. Pure: `public_url` is the configuration's."""

from __future__ import annotations


def page_url(public_url: str, token: str) -> str:
    """The page of a booking: what its QR holds."""
    return f"{public_url}/a/{token}"


def qr_url(public_url: str, token: str) -> str:
    """The QR of `page_url` as a picture (SVG)."""
    return f"{page_url(public_url, token)}/qr.svg"


def ics_url(public_url: str, token: str) -> str:
    """The booking as a file for a calendar."""
    return f"{page_url(public_url, token)}.ics"


def waiting_url(public_url: str, token: str) -> str:
    """The page of somebody on the waiting list: place in it, an offer to accept, leave."""
    return f"{public_url}/w/{token}"
