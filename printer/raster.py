"""A slip as dots: one 1-bit image as wide as the printer prints, drawn from top to bottom.

Measures are from printing.md: number 18 mm high, body 28 dots or more, QR with error correction M, modules of at least 6
dots and a quiet zone of 4. Nothing is clipped: what is too wide wraps, and the number is set narrower.
"""

from __future__ import annotations

import unicodedata

import qrcode
from PIL import Image, ImageDraw

from printer.sheet import INK, MARGIN, PAPER, Sheet, SlipTooLong, text_height
from printer.slip import Slip
from printer.typeset import BOLD, EXTRABOLD, MEDIUM, SEMIBOLD, Face, face, wrap

NUMBER_MM = 18
QR_MODULE = 6
QR_QUIET = 4
QR_LARGEST_MODULE = 7

PART_GAP = 3
"""Rows between the lines that tell how long it will take."""


def draw(slip: Slip, width: int) -> Image.Image:
    """The slip as a mode "1" image of exactly `width` dots (576, 512 or 384). Raises `SlipTooLong`."""
    sheet = Sheet(width)
    _head(sheet, slip)
    _number(sheet, slip)
    _checklist(sheet, slip)
    if slip.test_pattern:
        sheet.skip(12)
        sheet.ruler()
    if slip.url or _waiting_parts(slip, 46):
        sheet.rule()
        _turn(sheet, slip)
    _foot(sheet, slip)
    return sheet.finished()


def _head(sheet: Sheet, slip: Slip) -> None:
    if slip.reprint:
        sheet.reversed(slip.label("reprint"), face(BOLD, 34), full=True)
        sheet.skip(8)
    sheet.lines(_office_lines(slip.office, sheet), face(BOLD, 30))
    sheet.text(slip.unit, face(MEDIUM, 28))
    sheet.rule()


def _office_lines(office: str, sheet: Sheet) -> list[str]:
    """The office's name; one too long for a line is broken after what kind of place it is, not within the name."""
    type_, words = face(BOLD, 30), office.split()
    if type_.width(office) > sheet.inner and words[0] == "UBND" and len(words) > 3:
        return [" ".join(words[:2]), *wrap(" ".join(words[2:]), type_.width, sheet.inner)]
    return wrap(office, type_.width, sheet.inner)


def _number(sheet: Sheet, slip: Slip) -> None:
    sheet.text(slip.label("title"), face(SEMIBOLD if slip.number else BOLD, 32 if slip.number else 36))
    sheet.skip(10)
    if slip.number:
        number = number_image(slip.number, sheet.inner, round(NUMBER_MM * sheet.dots_per_mm))
        sheet.image.paste(number, ((sheet.width - number.width) // 2, sheet.y))
        sheet.skip(number.height + 18)
    if slip.day:
        sheet.text(slip.label("day"), face(SEMIBOLD, 30))
        sheet.skip(4)
        sheet.reversed(slip.day, face(BOLD, 38 if sheet.narrow else 48), full=True)
        sheet.skip(12)
    if slip.badge:
        sheet.reversed(slip.badge, face(BOLD, 40 if sheet.narrow else 44))
        sheet.skip(12)
    sheet.text(slip.service, _service_face(slip.service, sheet))
    sheet.skip(6)
    sheet.text(slip.counters, face(SEMIBOLD, 34 if sheet.narrow else 40))


def _checklist(sheet: Sheet, slip: Slip) -> None:
    """Papers with a box to tick: what the sheet is for, so it stands above the code and is set from the left."""
    if not slip.checklist:
        return
    sheet.rule()
    if slip.checklist_title:
        sheet.text(slip.checklist_title, face(BOLD, 32), left=MARGIN)
        sheet.skip(8)
    for paper in slip.checklist:
        sheet.ticked(paper, face(MEDIUM, 30))
        sheet.skip(8)


def _service_face(service: str, sheet: Sheet) -> Face:
    """Large for a short name; some procedures have a name of thirty words, which would take a hand of paper."""
    large = face(BOLD, 36 if sheet.narrow else 42)
    return large if len(wrap(service, large.width, sheet.inner)) <= 3 else face(BOLD, 32)


def number_image(number: str, room: int, height: int) -> Image.Image:
    """The number, its capitals exactly `height` dots high, at most `room` dots wide.

    On narrow paper the letters are set narrower, not smaller: height is what is read from an arm's length.
    """
    plain = "".join(letter for letter in number if unicodedata.category(letter)[0] != "C") or "-"
    type_ = face(EXTRABOLD, 2 * height)
    left, top, right, foot = (round(side) for side in type_.font.getbbox(plain, anchor="ls"))
    cap = round(-type_.font.getbbox("0", anchor="ls")[1])
    canvas = Image.new("L", (right - left, foot - top), 255)
    ImageDraw.Draw(canvas).text((-left, -top), plain, font=type_.font, fill=0, anchor="ls")
    scale = height / cap
    size = (min(room, round(canvas.width * scale)), max(1, round(canvas.height * scale)))
    return canvas.resize(size, Image.Resampling.LANCZOS).convert("1", dither=Image.Dither.NONE)


def _turn(sheet: Sheet, slip: Slip) -> None:
    """How long it will take: beside the QR where the paper is wide enough, else above it."""
    if not slip.url:
        _waiting(sheet, _waiting_parts(slip, 46), None, sheet.inner)
        return
    code = qr_image(slip.url, sheet.inner)
    # The quiet zone is white like the margin, so the code stands flush with the paper's edge.
    room = sheet.width - MARGIN - code.width
    sizes = (46, 42, 38) if _waiting_parts(slip, 46) else ()
    size = next((size for size in sizes if _fits(_waiting_parts(slip, size), room)), None)
    if size is None:
        _waiting(sheet, _waiting_parts(slip, 46), None, sheet.inner)
        sheet.image.paste(code, ((sheet.width - code.width) // 2, sheet.y))
        sheet.skip(code.height)
    else:
        parts, top = _waiting_parts(slip, size), sheet.y
        sheet.image.paste(code, (sheet.width - code.width, top))
        text_rows = sum(text_height([text], type_) + PART_GAP for text, type_ in parts)
        sheet.skip(max(0, (code.height - text_rows) // 2))
        _waiting(sheet, parts, MARGIN, room)
        sheet.y = max(sheet.y, top + code.height)
    sheet.text(slip.label("scan"), face(MEDIUM, 28))


def _waiting_parts(slip: Slip, size: int) -> list[tuple[str, Face]]:
    small, big = face(MEDIUM, 28), face(BOLD, size)
    parts = [(slip.label("ahead"), small)] if slip.people_ahead else []
    if slip.people():
        parts.append((slip.people(), big))
    if slip.wait:
        parts += [(slip.label("wait"), small), (slip.wait, big), (f"({slip.label('wait_note')})", small)]
    return parts


def _fits(parts: list[tuple[str, Face]], room: int) -> bool:
    return all(type_.width(text) <= room for text, type_ in parts)


def _waiting(sheet: Sheet, parts: list[tuple[str, Face]], left: int | None, room: int) -> None:
    for text, type_ in parts:
        sheet.text(text, type_, left=left, room=room)
        sheet.skip(PART_GAP)


def _foot(sheet: Sheet, slip: Slip) -> None:
    sheet.rule()
    small, strong = face(MEDIUM, 28), face(SEMIBOLD, 28)
    for note in slip.notes:
        sheet.text(note, small)
        sheet.skip(4)
    if slip.taken_at:
        sheet.text(slip.label("taken", at=slip.taken_at), small)
    if slip.hotline:
        sheet.text(slip.label("hotline", phone=slip.hotline), strong)
    sheet.skip(8)


def qr_image(content: str, room: int) -> Image.Image:
    """The QR of `content` with its quiet zone, modules as large as fits in 55 % of `room`, never under 6 dots.

    6 dots (0.75 mm) and the zone of 4 modules are what phones read on thermal paper; the library's defaults were read
    in one of six tries (printing.md).
    """
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=1, border=QR_QUIET)
    code.add_data(content)
    code.make(fit=True)
    rows = code.get_matrix()
    side = len(rows)
    if side * QR_MODULE > room + 2 * MARGIN:
        raise SlipTooLong(f"a QR of {side} modules does not fit {room} dots")
    module = min(QR_LARGEST_MODULE, max(QR_MODULE, room * 55 // 100 // side))
    small = Image.new("1", (side, side), PAPER)
    small.putdata([INK if dark else PAPER for row in rows for dark in row])
    return small.resize((side * module, side * module), Image.Resampling.NEAREST)
