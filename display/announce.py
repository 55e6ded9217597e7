"""The sentence that is said in the hall. Pure: a number and a counter in, words out.

Numbers are expanded here, not by the voice: voices read "A012" as "a twelve", "a không mười hai" or not at all. Digit by
digit is the default because it is what is printed on the slip; grouped is how people read a number aloud (domain.md,
"Numbers and voice"). Never a name: the hall hears a number and a counter only.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["vi", "en"]
Style = Literal["digits", "grouped"]

_DIGITS: dict[Language, tuple[str, ...]] = {
    "vi": ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_TEENS_EN = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS_EN = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_SENTENCES: dict[Language, str] = {
    "vi": "Mời công dân có số thứ tự {number} đến quầy số {counter}",
    "en": "Number {number}, please go to counter {counter}",
}


def sentence(label: str, counter: str, language: Language = "vi", style: Style = "digits") -> str:
    """What is said to call `label` ("A012") to `counter` ("3"): "Mời công dân có số thứ tự A không một hai đến quầy số 3"."""
    return _SENTENCES[language].format(number=spoken_number(label, language, style), counter=counter)


def spoken_number(label: str, language: Language = "vi", style: Style = "digits") -> str:
    """A ticket's number as words: letters one by one, then its digits one by one or grouped.

    Grouped keeps the zeros in front, which are on the slip too: A025 is "A không hai mươi lăm".
    """
    words = [letter.upper() for letter in label if letter.isalpha()]
    digits = "".join(character for character in label if character.isdecimal())
    names = _DIGITS[language]
    if style == "digits":
        return " ".join([*words, *(names[int(digit)] for digit in digits)])
    value = digits.lstrip("0")
    words += [names[0]] * (len(digits) - len(value))
    if value:
        words.append(_count_vi(int(value)) if language == "vi" else _count_en(int(value)))
    return " ".join(words)


def _count_vi(value: int) -> str:
    """A whole number from 1 to 999 999 as it is said in Hanoi."""
    thousands, rest = divmod(value, 1000)
    if not thousands:
        return _hundreds_vi(rest, full=False)
    head = f"{_hundreds_vi(thousands, full=False)} nghìn"
    return f"{head} {_hundreds_vi(rest, full=True)}" if rest else head


def _hundreds_vi(value: int, *, full: bool) -> str:
    """1 to 999; `full` says the hundreds even when there are none ("một nghìn không trăm linh năm")."""
    names = _DIGITS["vi"]
    hundreds, rest = divmod(value, 100)
    words = [f"{names[hundreds]} trăm"] if hundreds or full else []
    if rest:
        words.append(_below_hundred_vi(rest, after_hundreds=bool(words)))
    return " ".join(words)


def _below_hundred_vi(value: int, *, after_hundreds: bool) -> str:
    """1 to 99: mốt, tư and lăm after a ten, lăm after mười, linh in place of an empty ten."""
    names = _DIGITS["vi"]
    tens, units = divmod(value, 10)
    if tens == 0:
        return f"linh {'tư' if units == 4 else names[units]}" if after_hundreds else names[units]
    head = "mười" if tens == 1 else f"{names[tens]} mươi"
    if units == 0:
        return head
    changed = {5: "lăm"} if tens == 1 else {1: "mốt", 4: "tư", 5: "lăm"}
    return f"{head} {changed.get(units, names[units])}"


def _count_en(value: int) -> str:
    """A whole number from 1 to 999 999 in British English ("one hundred and five")."""
    thousands, rest = divmod(value, 1000)
    words = [f"{_hundreds_en(thousands)} thousand"] if thousands else []
    if rest:
        words.append(f"and {_hundreds_en(rest)}" if thousands and rest < 100 else _hundreds_en(rest))
    return " ".join(words)


def _hundreds_en(value: int) -> str:
    names = _DIGITS["en"]
    hundreds, rest = divmod(value, 100)
    words = [f"{names[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, units = divmod(rest, 10)
        rest_words = _TENS_EN[tens] + (f"-{names[units]}" if units else "")
    else:
        rest_words = (names + _TEENS_EN)[rest]
    if rest:
        words.append(f"and {rest_words}" if hundreds else rest_words)
    return " ".join(words)
