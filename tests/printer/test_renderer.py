from __future__ import annotations

import dataclasses
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from printer.raster import draw
from printer.renderer import Renderer, RenderFailed
from tests.printer.slips import EVERYDAY, LONG

ROOT = Path(__file__).parents[2]


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    renderer = Renderer()
    yield renderer
    renderer.close()


def child_of(renderer: Renderer) -> int:
    process = renderer._process
    assert process is not None
    return process.pid


def test_the_drawing_process_draws_the_slip(renderer: Renderer) -> None:
    page = Image.open(io.BytesIO(renderer.page(LONG.to_dict(), 576, "png")))
    assert page.tobytes() == draw(LONG, 576).tobytes()


def test_the_drawing_process_gives_way_to_the_server(renderer: Renderer) -> None:
    renderer.page(EVERYDAY.to_dict(), 384, "png")
    assert os.getpriority(os.PRIO_PROCESS, child_of(renderer)) > os.getpriority(os.PRIO_PROCESS, 0)


def test_a_killed_drawing_process_is_started_again(renderer: Renderer) -> None:
    first = renderer.page(EVERYDAY.to_dict(), 384, "escpos")
    os.kill(child_of(renderer), signal.SIGKILL)
    assert renderer.page(EVERYDAY.to_dict(), 384, "escpos") == first


def test_a_slip_that_cannot_be_drawn_spoils_nothing_for_the_next(renderer: Renderer) -> None:
    with pytest.raises(RenderFailed, match="does not fit"):
        renderer.page(dataclasses.replace(EVERYDAY, url="x" * 900).to_dict(), 384, "png")
    with pytest.raises(RenderFailed):
        renderer.page({"nonsense": True}, 384, "png")
    assert renderer.page(EVERYDAY.to_dict(), 384, "png")


def test_two_printers_asking_at_once_get_their_own_pages(renderer: Renderer) -> None:
    slips = [dataclasses.replace(EVERYDAY, number=f"A{n:03}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda slip: renderer.page(slip.to_dict(), 384, "png"), slips))
    for slip, page in zip(slips, pages, strict=True):
        assert Image.open(io.BytesIO(page)).tobytes() == draw(slip, 384).tobytes()


def test_it_works_under_the_servers_greenlets() -> None:
    script = (
        "from gevent import monkey; monkey.patch_all()\n"
        "import threading\n"
        "from printer.renderer import Renderer\n"
        "from tests.printer.slips import EVERYDAY\n"
        "renderer, sizes = Renderer(), []\n"
        "ask = lambda: sizes.append(len(renderer.page(EVERYDAY.to_dict(), 384, 'png')))\n"
        "workers = [threading.Thread(target=ask) for _ in range(4)]\n"
        "[worker.start() for worker in workers]; [worker.join() for worker in workers]\n"
        "renderer.close()\n"
        "assert len(sizes) == 4 and len(set(sizes)) == 1, sizes\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)


def test_the_server_itself_never_loads_the_drawing_library() -> None:
    script = "import sys, printer.spool, printer.commands; assert not {'PIL', 'qrcode', 'escpos'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)
