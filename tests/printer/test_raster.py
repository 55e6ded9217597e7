from __future__ import annotations

import dataclasses
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from printer.models import WIDTHS
from printer.raster import draw, number_image, qr_image
from printer.sheet import DOTS_PER_MM, MARGIN, SlipTooLong
from printer.slip import Slip
from printer.typeset import BOLD, MEDIUM, face, wrap
from tests.printer.slips import EVERYDAY, LONG, URL
from tests.servers import not_run

CAPITALS_WITH_TWO_MARKS = "ẤẦẨẪẬẮẰẲẴẶẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰ"

on_every_paper = pytest.mark.parametrize("width", WIDTHS)


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """The box of the black dots."""
    box = image.convert("L").point(lambda grey: 255 - grey).getbbox()
    assert box is not None
    return box


@on_every_paper
@pytest.mark.parametrize("slip", [EVERYDAY, LONG], ids=["everyday", "long"])
def test_a_phone_reads_the_code_on_the_slip(slip: Slip, width: int, tmp_path: Path) -> None:
    if shutil.which("zbarimg") is None:
        not_run("zbarimg is not installed (apt-get install zbar-tools)")
    draw(slip, width).save(tmp_path / "slip.png")
    read = subprocess.run(["zbarimg", "-q", "--raw", str(tmp_path / "slip.png")], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == URL


@on_every_paper
@pytest.mark.parametrize("slip", [EVERYDAY, LONG], ids=["everyday", "long"])
def test_nothing_runs_over_the_edge_of_the_paper(slip: Slip, width: int) -> None:
    page = draw(slip, width)
    left, _, right, _ = ink(page)
    assert (page.mode, page.width) == ("1", width)
    assert left >= MARGIN - 3  # the left bearing of some letters is below zero
    assert right <= width - MARGIN + 3


@on_every_paper
def test_decomposed_text_prints_like_composed_text(width: int) -> None:
    texts: dict[str, Any] = {
        field.name: unicodedata.normalize("NFD", value)
        for field in dataclasses.fields(EVERYDAY)
        if isinstance(value := getattr(EVERYDAY, field.name), str)
    }
    assert draw(dataclasses.replace(EVERYDAY, **texts), width).tobytes() == draw(EVERYDAY, width).tobytes()


@pytest.mark.parametrize("size", [28, 30, 34, 42])
@pytest.mark.parametrize("weight", [MEDIUM, BOLD])
def test_both_marks_of_a_capital_are_printed(weight: str, size: int) -> None:
    type_ = face(weight, size)
    for text in (*CAPITALS_WITH_TWO_MARKS, CAPITALS_WITH_TWO_MARKS, "ỵgjp"):
        rise, fall = type_.rise([text]), type_.fall([text])
        roomy = Image.new("1", (40 * size, rise + fall + 80), 1)
        ImageDraw.Draw(roomy).text((20, 40 + rise), text, font=type_.font, fill=0, anchor="ls")
        _, top, _, foot = ink(roomy)
        assert top >= 40, text
        assert foot <= 40 + rise + fall, text


@on_every_paper
def test_the_number_is_eighteen_millimetres_high(width: int) -> None:
    millimetre = DOTS_PER_MM[width]
    for number in ("A047", "H208", "E111"):
        drawn = number_image(number, width - 2 * MARGIN, round(18 * millimetre))
        _, top, _, foot = ink(drawn)
        assert 17.5 <= (foot - top) / millimetre <= 19
        assert drawn.width <= width - 2 * MARGIN


def test_the_modules_of_the_code_are_six_dots_or_more_in_a_quiet_zone_of_four() -> None:
    code = qr_image(URL, 368)
    left, top, right, foot = ink(code)
    finder = next(x for x in range(left, code.width) if code.getpixel((x, top)))
    module = (finder - left) / 7
    assert module >= 6
    assert (left, top) == (4 * module, 4 * module)
    assert (code.width - right, code.height - foot) == (4 * module, 4 * module)


def test_an_address_too_long_for_the_paper_is_refused_not_clipped() -> None:
    with pytest.raises(SlipTooLong):
        draw(dataclasses.replace(EVERYDAY, url="https://dunggio.example/" + "x" * 400), 384)


def test_a_slip_longer_than_a_metre_is_refused_not_clipped() -> None:
    with pytest.raises(SlipTooLong):
        draw(dataclasses.replace(EVERYDAY, notes=("Mang giấy tờ gốc.",) * 400), 576)


def test_a_reprint_looks_different_from_the_first_print() -> None:
    first, again = draw(EVERYDAY, 576), draw(dataclasses.replace(EVERYDAY, reprint=True), 576)
    assert again.height > first.height
    black_in_the_bar = sum(again.crop((MARGIN, 0, 576 - MARGIN, 40)).convert("L").histogram()[:128])
    assert black_in_the_bar > 0.6 * 40 * (576 - 2 * MARGIN)


def test_wrapping_keeps_every_word_and_leaves_none_alone_on_the_last_line() -> None:
    type_ = face(MEDIUM, 28)
    lines = wrap("Mang CCCD và giấy tờ gốc. Lấy số miễn phí.", type_.width, 560)
    assert " ".join(lines) == "Mang CCCD và giấy tờ gốc. Lấy số miễn phí."
    assert len(lines) == 2
    assert min(map(type_.width, lines)) > 0.6 * max(map(type_.width, lines))


def test_a_word_wider_than_the_paper_is_cut_and_no_letter_is_lost() -> None:
    lines = wrap("trước " + "x" * 50 + " sau", len, 20)
    assert "".join(lines).replace(" ", "") == "trước" + "x" * 50 + "sau"
    assert max(map(len, lines)) <= 20


def test_a_slip_with_only_a_number_still_prints() -> None:
    assert draw(Slip(office="", number=""), 576).height > 100
