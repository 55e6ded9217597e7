"""Addresses of a booking. Pure: `public_url` is the configuration's."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode


def page_url(public_url: str, token: str) -> str:
    """The page of a booking: what its QR holds."""
    return f"{public_url}/a/{token}"


def qr_url(public_url: str, token: str) -> str:
    """The QR of `page_url` as a picture (SVG)."""
    return f"{page_url(public_url, token)}/qr.svg"


def ics_url(public_url: str, token: str) -> str:
    """The booking as a file for a calendar."""
    return f"{page_url(public_url, token)}.ics"


def hour_url(public_url: str, office: str, service: str, starts_at: datetime) -> str:
    """Where this hour of a service (code) is booked: only name and phone are still asked. `starts_at`: on the office's clock."""
    return f"{public_url}/o/{office}/confirm?{urlencode({'service': service, 'at': f'{starts_at:%Y-%m-%dT%H:%M}'})}"


def waiting_url(public_url: str, token: str) -> str:
    """The page of somebody on the waiting list: place in it, an offer to accept, leave."""
    return f"{public_url}/w/{token}"
