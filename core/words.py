"""Vietnamese text as data: one composed form, and a folded form to search in."""

from __future__ import annotations

import unicodedata


def nfc(text: str) -> str:
    """`text` in composed form, outer white space taken off and inner runs of it made one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """`text` without tones, marks and case, "đ" as "d": what a person types in a hurry ("hoan kiem")."""
    decomposed = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
