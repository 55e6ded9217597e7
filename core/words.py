"""Vietnamese text as data: one composed form, and a folded form to search in."""

from __future__ import annotations

import unicodedata


def nfc(text: str) -> str:
    """`text` in composed form, outer white space taken off and inner runs of it made one space.

    Control characters and halves of characters are no text and are dropped: PostgreSQL refuses a zero character, and no
    page or printer can show the others again.
    """
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c for c in composed if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")).split())


def fold(text: str) -> str:
    """`text` without tones, marks and case, "đ" as "d": what a person types in a hurry ("hoan kiem")."""
    decomposed = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
