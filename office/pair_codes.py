"""The code a machine shows so that a head can make it a device. Pure.

The machine keeps a random mark; the code is made from it with the server's key, so whoever reads the code off the screen has
not the mark, and only the machine itself becomes the device. The last letter is a check: a slip of the finger is noticed at once.
"""

from __future__ import annotations

import hashlib
import hmac

CODE_LETTERS = "ACEFHJKLRTUVWXY3479"
"""Letters and digits that are not mistaken for one another when read from a screen. Nineteen: a prime, so that the check letter
finds every single wrong letter and every two that changed places."""
LENGTH = 8
SHOWN = "SHOWN-"
"""Before a code is hashed: what is typed as a code of the command line's links never has a dash in it."""


def code_of(mark: str, key: str) -> str:
    """The code of the machine with this mark: seven letters (29 bits) and a check letter."""
    digest = int.from_bytes(hmac.new(key.encode(), b"pairing " + mark.encode(), hashlib.sha256).digest())
    letters = ""
    for _letter in range(LENGTH - 1):
        digest, place = divmod(digest, len(CODE_LETTERS))
        letters += CODE_LETTERS[place]
    return letters + _check(letters)


def read(typed: str) -> str | None:
    """The code that was typed, without blanks and dashes; None when no machine shows such a code."""
    code = "".join(sign for sign in typed.upper() if sign not in " -")
    if len(code) != LENGTH or any(sign not in CODE_LETTERS for sign in code) or _check(code[:-1]) != code[-1]:
        return None
    return code


def _check(letters: str) -> str:
    total = sum(weight * CODE_LETTERS.index(sign) for weight, sign in enumerate(letters, 1))
    return CODE_LETTERS[total % len(CODE_LETTERS)]
