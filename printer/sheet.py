"""Paper under the pen: a 1-bit sheet as wide as the printer prints, filled from top to bottom. Nothing is clipped: what is too
wide wraps."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from printer.typeset import Face, wrap

DOTS_PER_MM = {576: 8.0, 512: 180 / 25.4, 384: 8.0}
"""80 mm paper at 203 dpi, TM-T88V class at 180 dpi, 58 mm paper at 203 dpi."""

MARGIN = 8
"""White dots at the left and right: print heads of one width differ by a few dots in where they begin."""

INK, PAPER = 0, 1
_TALLEST_SLIP = 8000
"""Rows of the sheet that is drawn on: 1 m of paper. A longer slip is refused, not cut."""


class SlipTooLong(ValueError):
    """The slip cannot be drawn on this paper: over 1 m long, or its QR does not fit the width."""


class Sheet:
    """`y` is the first row not yet used, `inner` the dots between the margins."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.inner = width - 2 * MARGIN
        self.narrow = width < 500
        self.dots_per_mm = DOTS_PER_MM[width]
        self.image = Image.new("1", (width, _TALLEST_SLIP), PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.pen.fontmode = "1"
        self.y = MARGIN

    def skip(self, dots: int) -> None:
        self.y += dots

    def rule(self) -> None:
        """A line across the paper, with air on both sides."""
        self.skip(14)
        self.pen.rectangle((MARGIN, self.y, self.width - MARGIN - 1, self.y + 2), fill=INK)
        self.skip(3 + 10)

    def text(self, text: str, type_: Face, *, left: int | None = None, room: int | None = None) -> None:
        """Set `text` wrapped: centred on the paper, or from `left` on within `room` dots."""
        self.lines(wrap(text, type_.width, room or self.inner), type_, left=left)

    def lines(self, lines: Sequence[str], type_: Face, *, left: int | None = None) -> None:
        """Set lines that are wrapped already."""
        self.y = self._set(lines, type_, self.y, left, INK)

    def ticked(self, text: str, type_: Face) -> None:
        """`text` beside an empty box, its further lines below the first."""
        box, gap = round(type_.size * 0.9), 14
        left = MARGIN + box + gap
        lines = wrap(text, type_.width, self.width - MARGIN - left)
        foot = self.y + (type_.rise(lines) if lines else box)
        self.pen.rectangle((MARGIN, foot - box, MARGIN + box - 1, foot), outline=INK, width=3)
        self.lines(lines, type_, left=left)
        self.y = max(self.y, foot)

    def reversed(self, text: str, type_: Face, *, full: bool = False) -> None:
        """White on black: a badge as wide as its text, or a bar across the paper. Long texts wrap inside."""
        across, down = 22, 9
        lines = wrap(text, type_.width, self.inner - 2 * across)
        wide = self.inner if full else max(map(type_.width, lines), default=0) + 2 * across
        x, top = (self.width - wide) // 2, self.y
        foot = top + 2 * down + text_height(lines, type_)
        self.pen.rounded_rectangle((x, top, x + wide - 1, foot - 1), radius=10, fill=INK)
        self._set(lines, type_, top + down + 3, None, PAPER)
        self.y = foot

    def ruler(self) -> None:
        """A frame as wide as the head prints, with a tick each centimetre from its middle: dots of the margins, too."""
        foot, middle, cm = self.y + 40, self.width // 2, round(10 * self.dots_per_mm)
        self.pen.rectangle((0, self.y, self.width - 1, foot), outline=INK, width=2)
        for side in (-1, 1):
            for number in range(self.width // 2 // cm + 1):
                x = middle + side * number * cm
                self.pen.rectangle((x, self.y + 10, x + 1, foot), fill=INK)
        # Single dots, and lines of one dot: what a worn head leaves out.
        for x in range(0, self.width, 4):
            self.pen.line((x, foot + 10, x, foot + 22), fill=INK)
        for x in range(0, self.width, 2):
            self.pen.point([(x, foot + 30), (x + 1, foot + 31), (x, foot + 32)], fill=INK)
        self.y = foot + 36

    def _set(self, lines: Sequence[str], type_: Face, y: int, left: int | None, colour: int) -> int:
        rise, fall = (type_.rise(lines), type_.fall(lines)) if lines else (0, 0)
        for line in lines:
            x = (self.width - type_.width(line)) // 2 if left is None else left
            self.pen.text((x, y + rise), line, font=type_.font, fill=colour, anchor="ls")
            y += rise + fall
        return y

    def finished(self) -> Image.Image:
        """What was drawn, cut off below the last row. Raises `SlipTooLong`."""
        if self.y > _TALLEST_SLIP:
            raise SlipTooLong(f"the slip is {self.y} dots long")
        return self.image.crop((0, 0, self.width, self.y))


def text_height(lines: Sequence[str], type_: Face) -> int:
    """Rows that these lines take on the paper."""
    return len(lines) * (type_.rise(lines) + type_.fall(lines)) if lines else 0
