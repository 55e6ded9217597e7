"""Every kind of slip at every width: as it was when it was looked at, within the paper, and its code read by another program."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import qrcode
from PIL import Image, ImageFilter

from printer.models import WIDTHS
from printer.raster import draw
from printer.slip import Slip
from tests.printer import golden
from tests.printer.slips import EVERYDAY, KINDS, URL
from tests.servers import not_run

GOLDEN: dict[str, Any] = json.loads(golden.FILE.read_text())
LOOK = "look at it (python -m tests.printer.golden FOLDER) and keep the new marks if it is right"
OTHER_FREETYPE = 0.01
"""How much of the ink another version of FreeType may set differently."""

BAD_EYES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda page: page,
    "blurred": lambda page: page.filter(ImageFilter.GaussianBlur(2)),
    "at half the size": lambda page: page.resize((page.width // 2, page.height // 2), Image.Resampling.BILINEAR),
    "at half the size, blurred": lambda page: page.resize((page.width // 2, page.height // 2)).filter(
        ImageFilter.GaussianBlur(1)
    ),
    "askew": lambda page: page.rotate(9, Image.Resampling.BICUBIC, expand=True, fillcolor=255),
    "lying on its side": lambda page: page.rotate(97, Image.Resampling.BICUBIC, expand=True, fillcolor=255),
    "on its head": lambda page: page.rotate(180),
    "pale": lambda page: page.point(lambda grey: 90 + grey // 2),
}
on_every_paper = pytest.mark.parametrize("width", WIDTHS)


def read_codes(pages: dict[str, Image.Image], folder: Path) -> dict[str, str]:
    """What zbar reads in each of these pictures."""
    if shutil.which("zbarimg") is None:
        not_run("zbarimg is not installed (apt-get install zbar-tools)")
    files = {folder / f"{number}.png": name for number, name in enumerate(pages)}
    for file, name in files.items():
        pages[name].save(file)
    command = ["zbarimg", "--quiet", "--xml", "-Sdisable", "-Sqrcode.enable", *map(str, files)]
    found = ElementTree.fromstring(subprocess.run(command, capture_output=True, check=False).stdout)
    read = dict.fromkeys(pages, "")
    for source in found.findall(".//{*}source"):
        read[files[Path(source.attrib["href"])]] = "|".join(data.text or "" for data in source.findall(".//{*}data"))
    return read


def seen_by_bad_eyes(page: Image.Image) -> dict[str, Image.Image]:
    return {name: look(page.convert("L")) for name, look in BAD_EYES.items()}


@on_every_paper
@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_looks_as_it_did_when_somebody_looked_at_it(kind: str, width: int) -> None:
    found, kept = golden.marks_of(draw(KINDS[kind], width)), GOLDEN[f"{kind} at {width}"]
    if golden.freetype() == GOLDEN["freetype"]:
        assert found == kept, LOOK
    assert found["rows"] == pytest.approx(kept["rows"], rel=OTHER_FREETYPE), LOOK
    assert found["black"] == pytest.approx(kept["black"], rel=OTHER_FREETYPE), LOOK


def test_one_dot_makes_another_slip() -> None:
    page = draw(EVERYDAY, 384)
    before = golden.marks_of(page)
    page.putpixel((200, 300), 0 if page.getpixel((200, 300)) else 1)
    assert golden.marks_of(page)["dots"] != before["dots"]


@on_every_paper
@pytest.mark.parametrize("kind", ["priority", "guide"])
def test_the_code_is_read_blurred_small_turned_and_pale(kind: str, width: int, tmp_path: Path) -> None:
    read = read_codes(seen_by_bad_eyes(draw(KINDS[kind], width)), tmp_path)
    assert read == dict.fromkeys(BAD_EYES, KINDS[kind].url)


def test_a_code_of_the_librarys_own_size_would_not_be_read(tmp_path: Path) -> None:
    """The control: modules of 3 dots and a quiet zone of 1 fail where ours are read."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, box_size=3, border=1)
    code.add_data(URL)
    rows = code.get_matrix()
    small = Image.new("L", (len(rows), len(rows)), 255)
    small.putdata([0 if dark else 255 for row in rows for dark in row])
    paper = Image.new("L", (576, 300), 255)
    paper.paste(small.resize((len(rows) * 3, len(rows) * 3), Image.Resampling.NEAREST), (200, 40))
    read = read_codes(seen_by_bad_eyes(paper), tmp_path)
    assert [name for name, text in read.items() if text != URL] != []


@on_every_paper
def test_a_guide_sheet_is_nobodys_number_and_has_a_box_for_each_paper(width: int) -> None:
    guide = KINDS["guide"]
    with_one_more = replace(guide, checklist=(*guide.checklist, "Ảnh 4x6"))
    assert draw(with_one_more, width).height > draw(guide, width).height
    assert draw(replace(guide, number="A047"), width).height > draw(guide, width).height + 80


@on_every_paper
def test_a_carried_slip_shows_its_day_white_on_black(width: int) -> None:
    page, without = draw(KINDS["carried"], width), draw(replace(KINDS["carried"], day=""), width)
    assert page.height > without.height
    assert any(_black_in(page.crop((8, y, width - 8, y + 12))) > 0.9 for y in range(0, page.height - 12, 4))
    assert not any(_black_in(without.crop((8, y, width - 8, y + 12))) > 0.9 for y in range(0, without.height - 12, 4))


def _black_in(part: Image.Image) -> float:
    return part.convert("L").histogram()[0] / (part.width * part.height)


def test_a_long_name_of_a_place_is_not_broken_within_the_name() -> None:
    """The first line holds what kind of place it is, and is shorter than the name's own line."""
    page = draw(Slip(office="UBND PHƯỜNG VĂN MIẾU - QUỐC TỬ GIÁM", number="A001"), 576)
    first, second = (_ink_width(page.crop((0, top, 576, foot))) for top, foot in ((8, 40), (52, 80)))
    assert first < 0.6 * second


def _ink_width(part: Image.Image) -> int:
    box = part.convert("L").point(lambda grey: 255 - grey).getbbox()
    assert box is not None
    return box[2] - box[0]
