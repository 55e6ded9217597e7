"""Bookings shown to be chosen from: enough to ask "which of these is yours", not enough to read over a shoulder. Pure."""

from __future__ import annotations


def masked_name(name: str) -> str:
    """ "Nguyễn Thị Thử" as "Nguyễn T. T."; the same everywhere, or two screens together would tell the whole name."""
    first, *rest = name.split()
    return " ".join([first, *(f"{word[0]}." for word in rest)]) if rest else f"{first[0]}."


def masked_phone(phone: str) -> str:
    """The last three digits."""
    return f"••• {phone[-3:]}"
