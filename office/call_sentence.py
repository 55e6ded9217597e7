"""The sentence with which a number is called, as an office words it. Pure.

It names the number and the counter once each, {so} and {quay}, and holds nothing that a voice would stumble over: what a person
may type here is said aloud in the hall, by a program too.
"""

from __future__ import annotations

import re
import unicodedata

NUMBER, COUNTER = "{so}", "{quay}"
VIETNAMESE = "Mời công dân có số thứ tự {so} đến quầy số {quay}"
ENGLISH = "Number {so}, please go to counter {quay}"
LONGEST = 160
"""Characters: some twelve seconds, with which a hall can still follow."""

_PLACES = re.compile(r"(\{so\}|\{quay\})")
_PUNCTUATION = frozenset(" ,.;:!?-–'’()\"")


def read_sentence(text: str) -> str:
    """`text` as it is kept: composed letters, single blanks. Raises ValueError with what is wrong."""
    kept = " ".join(unicodedata.normalize("NFC", text).split())
    if kept.count(NUMBER) != 1 or kept.count(COUNTER) != 1:
        raise ValueError(f"the sentence names {NUMBER} and {COUNTER} exactly once each, as in {VIETNAMESE!r}")
    if len(kept) > LONGEST:
        raise ValueError(f"the sentence has at most {LONGEST} characters, this one has {len(kept)}")
    words = [part for part in _PLACES.split(kept) if part not in (NUMBER, COUNTER)]
    strange = sorted({sign for part in words for sign in part if not sign.isalnum() and sign not in _PUNCTUATION})
    if strange:
        raise ValueError(f"the sentence is letters, figures and punctuation: {' '.join(strange)} cannot be said")
    if not any(sign.isalpha() for part in words for sign in part):
        raise ValueError("the sentence says more than the number and the counter")
    return kept


def parts_of(sentence: str) -> tuple[str, str, str, str, str]:
    """A sentence as before, place, between, place, after: each place is "{so}" or "{quay}", a part may be empty."""
    before, first, between, second, after = _PLACES.split(sentence)
    return before.strip(), first, between.strip(), second, after.strip()
