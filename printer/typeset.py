"""Setting Vietnamese text in dots: fonts, room for stacked marks, and wrapping.

Be Vietnam Pro (PyPI fontpkg-be-vietnam-pro, OFL) comes with us because a printer's own Vietnamese is not portable.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import fontpkg_be_vietnam_pro
from PIL import ImageFont

MEDIUM, SEMIBOLD, BOLD, EXTRABOLD = "Medium", "SemiBold", "Bold", "ExtraBold"


@dataclass(frozen=True)
class Face:
    """A font at one size."""

    font: ImageFont.FreeTypeFont
    size: int

    def width(self, text: str) -> int:
        """Dots that `text` takes from left to right."""
        return _width(self.font, text)

    def rise(self, lines: Iterable[str]) -> int:
        """Dots above the baseline that these lines need. Measured, because the font's own ascent is too small:
        a capital with two marks ("Ấ") would lose the upper one."""
        return max(self.size * 3 // 4, *(-math.floor(self._box(line)[1]) for line in lines))

    def fall(self, lines: Iterable[str]) -> int:
        """Dots below the baseline that these lines need, the air to the next line included."""
        return max(self.size * 3 // 10, *(math.ceil(self._box(line)[3]) for line in lines))

    def _box(self, line: str) -> tuple[float, float, float, float]:
        return self.font.getbbox(line, mode="1", anchor="ls")


@lru_cache(4096)
def _width(font: ImageFont.FreeTypeFont, text: str) -> int:
    # Kept, because wrapping measures the same words again and again and each measure costs 0.1 ms.
    return math.ceil(font.getlength(text, mode="1"))


@cache
def face(weight: str, size: int) -> Face:
    """The face of this weight at `size` pixels."""
    path = Path(fontpkg_be_vietnam_pro.ROOT) / "files" / f"BeVietnamPro-{weight}.ttf"
    # The basic layout engine gives the same dots everywhere; raqm is not in every build of Pillow, and NFC needs no shaping.
    font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    return Face(font, size)


def wrap(text: str, measure: Callable[[str], int], width: int) -> list[str]:
    """`text` in as few lines as `width` allows, and these as even as they can be: no single word left on the last line.

    A word wider than a whole line is cut between letters; nothing is ever left out.
    """
    words = [part for word in text.split() for part in _cut(word, measure, width)]
    lines = _fill(words, measure, width)
    if len(lines) < 2:
        return lines
    narrow, wide = max(map(measure, words)), width
    while narrow < wide:
        middle = (narrow + wide) // 2
        if len(_fill(words, measure, middle)) == len(lines):
            wide = middle
        else:
            narrow = middle + 1
    return _fill(words, measure, wide)


def _fill(words: list[str], measure: Callable[[str], int], width: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and measure(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut(word: str, measure: Callable[[str], int], width: int) -> list[str]:
    if measure(word) <= width:
        return [word]
    parts = [""]
    for letter in word:
        if parts[-1] and measure(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return parts
