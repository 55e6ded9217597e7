"""What a scanner typed. Pure.

A booking's QR holds the address of its page (`/a/<token>`), a ticket's the address of its own (`/t/<token>`). The host is
not looked at: a ward may have changed its address since the paper was printed. A code may be scanned or typed as well.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

Kind = Literal["appointment", "ticket", "token", "card", "words"]

_PATH = re.compile(r"/(a|t)/([A-Za-z0-9_-]{8,64})(?:[/?#.].*)?$", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_CARD = re.compile(r"\d{12}\|")


@dataclass(frozen=True)
class Scanned:
    """What was read: `token` of an appointment's or ticket's page, a bare token of either, or the words of anything else.

    `card` is an identity card: its text is dropped at once, it is nobody's business here.
    """

    kind: Kind
    text: str = ""


def read_scanned(text: str) -> Scanned:
    """Make out what a scanner typed: white space and control marks around it, any Unicode form, any host.

    A scanner on a keyboard with Caps Lock types every letter in the other case; an address gives that away ("/A/"), and
    it is turned back, for tokens tell the cases apart.
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] != "C").strip()
    if _CARD.match(seen):
        return Scanned("card")
    found = _PATH.search(unquote(seen))
    if found is not None:
        which, token = found.groups()
        if which.isupper():
            token = token.swapcase()
        return Scanned("appointment" if which.lower() == "a" else "ticket", token)
    return Scanned("token" if _TOKEN.fullmatch(seen) else "words", seen)
