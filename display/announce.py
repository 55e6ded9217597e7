"""The sentence that is said in the hall. Pure: a number and a counter in, words and the names of their recorded clips out.

Numbers are expanded here, not by the voice: voices read "A012" as "a twelve", "a không mười hai" or not at all. Digit by
digit is the default because it is what is printed on the slip; grouped is how people read a number aloud (domain.md,
"Numbers and voice"). A counter is always read as people read it. Never a name: the hall hears a number and a counter only.

A word and its clips are made in one place, so what is played can never differ from what is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from office.call_sentence import COUNTER, ENGLISH, NUMBER, VIETNAMESE, parts_of

Language = Literal["vi", "en"]
Style = Literal["digits", "grouped"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")

_DIGITS: dict[Language, tuple[str, ...]] = {
    "vi": ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_TEENS_EN = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS_EN = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_AFTER_TEN = {1: ("mốt", "mot"), 4: ("tư", "tu"), 5: ("lăm", "lam")}
"""How a unit changes after a Vietnamese ten, and the clip of it; after mười itself only five does."""
TEMPLATES: dict[Language, str] = {"vi": VIETNAMESE, "en": ENGLISH}


@dataclass(frozen=True)
class Word:
    """A piece of what is said: as text for a voice, and as the recorded clips that say it, in order."""

    text: str
    clips: tuple[str, ...]


@lru_cache(maxsize=4096)
def call(label: str, counter: int, language: Language = "vi", style: Style = "digits", template: str = "") -> Word:
    """What is said to call `label` ("A012") to `counter`, in the office's own `template` (office/call_sentence.py)."""
    before, first, between, second, after = parts_of(template or TEMPLATES[language])
    places = {NUMBER: spoken(label, language, style), COUNTER: counted(counter, language)}
    parts = [_part("before", before), places[first], _part("between", between), places[second], _part("after", after)]
    text = " ".join(word.text for word in parts if word.text)
    # A comma that follows a place stands at its word: "A không một hai , quầy ba" would be read with a hole.
    for sign in ",.;:!?":
        text = text.replace(f" {sign}", sign)
    return Word(text, tuple(clip for word in parts for clip in word.clips))


def sentence(label: str, counter: int, language: Language = "vi", style: Style = "digits", template: str = "") -> str:
    """The text of a call: "Mời công dân có số thứ tự A không một hai đến quầy số ba"."""
    return call(label, counter, language, style, template).text


def spoken_number(label: str, language: Language = "vi", style: Style = "digits") -> str:
    """A ticket's number as words: letters one by one, then its digits one by one or grouped."""
    return spoken(label, language, style).text


def spoken(label: str, language: Language, style: Style) -> Word:
    """The same with its clips. Grouped keeps the zeros in front, which are on the slip too: A025 is "A không hai mươi lăm"."""
    words = [Word(letter.upper(), (letter.lower(),)) for letter in label if letter.isalpha()]
    digits = "".join(character for character in label if character.isdecimal())
    value = digits.lstrip("0") if style == "grouped" else ""
    words += [_digit(int(digit), language) for digit in digits[: len(digits) - len(value)]]
    return _joined([*words, counted(int(value), language)] if value else words)


@lru_cache(maxsize=2048)
def counted(value: int, language: Language) -> Word:
    """A whole number from 0 to 999 999 as it is said: in Hanoi, or in British English ("one hundred and five")."""
    if not value:
        return _digit(0, language)
    return _joined(_count_vi(value) if language == "vi" else _count_en(value))


@lru_cache(maxsize=64)
def needed_clips(language: Language, style: Style, template: str, letters: str, counters: tuple[int, ...]) -> tuple[str, ...]:
    """The clips that every call of an office can need: numbers with these letters up to 999, to these counters."""
    calls = [call(f"{letters}{number:03d}", 1, language, style, template) for number in range(1000)]
    calls += [call(letters, counter, language, style, template) for counter in counters]
    return tuple(dict.fromkeys(clip for one in calls for clip in one.clips))


def _part(name: str, text: str) -> Word:
    """A part of the sentence around the places; one of punctuation only needs no recording."""
    return Word(text, (name,) if any(sign.isalnum() for sign in text) else ())


def _joined(words: Iterable[Word]) -> Word:
    kept = list(words)
    return Word(" ".join(word.text for word in kept), tuple(clip for word in kept for clip in word.clips))


def _digit(value: int, language: Language) -> Word:
    return Word(_DIGITS[language][value], (str(value),))


def _count_vi(value: int) -> list[Word]:
    thousands, rest = divmod(value, 1000)
    if not thousands:
        return _hundreds_vi(rest, full=False)
    head = [*_hundreds_vi(thousands, full=False), Word("nghìn", ("nghin",))]
    return head + _hundreds_vi(rest, full=True) if rest else head


def _hundreds_vi(value: int, *, full: bool) -> list[Word]:
    """1 to 999; `full` says the hundreds even when there are none ("một nghìn không trăm linh năm")."""
    hundreds, rest = divmod(value, 100)
    words = [_digit(hundreds, "vi"), Word("trăm", ("tram",))] if hundreds or full else []
    return words + _below_hundred_vi(rest, after_hundreds=bool(words)) if rest else words


def _below_hundred_vi(value: int, *, after_hundreds: bool) -> list[Word]:
    """1 to 99: mốt, tư and lăm after a ten, lăm after mười, linh in place of an empty ten."""
    tens, units = divmod(value, 10)
    if tens == 0:
        unit = Word("tư", ("tu",)) if units == 4 and after_hundreds else _digit(units, "vi")
        return [Word("linh", ("linh",)), unit] if after_hundreds else [unit]
    head = Word("mười" if tens == 1 else f"{_DIGITS['vi'][tens]} mươi", (str(tens * 10),))
    if units == 0:
        return [head]
    if units in _AFTER_TEN and (tens > 1 or units == 5):
        text, clip = _AFTER_TEN[units]
        return [head, Word(text, (clip,))]
    return [head, _digit(units, "vi")]


def _count_en(value: int) -> list[Word]:
    thousands, rest = divmod(value, 1000)
    words = [*_hundreds_en(thousands), Word("thousand", ("thousand",))] if thousands else []
    if thousands and 0 < rest < 100:
        words.append(_AND)
    return words + _hundreds_en(rest)


def _hundreds_en(value: int) -> list[Word]:
    hundreds, rest = divmod(value, 100)
    words = [_digit(hundreds, "en"), Word("hundred", ("hundred",))] if hundreds else []
    if not rest:
        return words
    if hundreds:
        words.append(_AND)
    return [*words, _below_hundred_en(rest)]


def _below_hundred_en(value: int) -> Word:
    tens, units = divmod(value, 10)
    if tens == 0:
        return _digit(units, "en")
    if tens == 1:
        return Word(_TEENS_EN[units], (str(value),))
    head = Word(_TENS_EN[tens], (str(tens * 10),))
    return Word(f"{head.text}-{_DIGITS['en'][units]}", (*head.clips, str(units))) if units else head


_AND = Word("and", ("and",))
