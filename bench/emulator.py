"""Our pages on a printer that others wrote: `python -m bench.emulator` (`make emulator`), not part of `make test`.

`emupos` (PyPI) emulates receipt printers byte by byte. It is installed into an environment of its own in a temporary folder and
run as its makers mean it, one printer for each width. Each kind of slip is sent to it by our own network device, and the picture
it keeps is compared with what we drew, dot by dot. Then its faults are switched on one by one: ours must name them, and send
nothing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from signal import SIGINT
from typing import Any

import httpx
from PIL import Image

from printer.escpos_bytes import encode
from printer.models import WIDTHS
from printer.network import NetworkDevice
from printer.raster import draw
from tests import servers
from tests.printer.slips import EVERYDAY, KINDS

EMULATOR, NEEDS = "emupos", (3, 13)
FAULTS = {"paper-out": "paper_out", "cover-open": "cover", "offline": "off", "paper-near-end": "near_end"}
PROFILE = """\
type: printer
name: {width} dots
dpi: 203
width_dots: {width}
font_a: {{ width: 12, height: 24 }}
font_b: {{ width: 9, height: 17 }}
code_pages: {{ 0: PC437 }}
default_code_page: 0
drawer_sensor_open_level: high
"""


@dataclass(frozen=True)
class Emulator:
    """The running emulator: the TCP port of each width, and its own calls."""

    ports: dict[int, int]
    calls: httpx.Client

    def device(self, width: int) -> NetworkDevice:
        return NetworkDevice("127.0.0.1", self.ports[width])

    def receipts(self, width: int) -> list[dict[str, Any]]:
        """What has come out so far."""
        found: list[dict[str, Any]] = self.calls.get(f"/devices/w{width}/receipts").raise_for_status().json()
        return found

    def picture(self, width: int) -> Image.Image:
        """The last paper."""
        return Image.open(BytesIO(self.calls.get(f"/devices/w{width}/receipts/latest/image").raise_for_status().content))

    def fault(self, name: str, on: bool) -> None:
        self.calls.request("PUT" if on else "DELETE", f"/devices/w576/faults/{name}").raise_for_status()


def new_enough_python() -> str:
    """A Python that the emulator asks for: by name, or beside the one that runs this. Says so and ends when there is none."""
    named = [shutil.which(f"python3.{minor}") for minor in range(NEEDS[1], NEEDS[1] + 5)]
    beside = [str(path) for path in sorted(Path(sys.base_prefix).parent.glob("*/bin/python3"))]
    asks = f"import ensurepip, sys; sys.exit(sys.version_info < {NEEDS})"
    for path in (*named, *beside):
        if path and subprocess.run([path, "-c", asks], capture_output=True).returncode == 0:
            return path
    sys.exit(f"Not run: {EMULATOR} needs Python {NEEDS[0]}.{NEEDS[1]} or newer, and this machine has none.")


def install(folder: Path) -> Path:
    """An environment with the emulator; its program."""
    subprocess.run([new_enough_python(), "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, EMULATOR], check=True)
    return folder / "bin" / EMULATOR


@contextmanager
def emulator(program: Path, folder: Path) -> Iterator[Emulator]:
    """A printer of each width, until the end of the block."""
    ports, api = {width: servers.free_port() for width in WIDTHS}, servers.free_port()
    devices = []
    for width, port in ports.items():
        (folder / f"{width}.yaml").write_text(PROFILE.format(width=width))
        devices.append({
            "id": f"w{width}", "type": "printer", "profile": f"./{width}.yaml", "connections": [{"tcp": {"port": port}}],
            "receipts_dir": f"./papers-{width}",
        })  # fmt: skip
    config = folder / "emupos.yaml"
    config.write_text(json.dumps({"schema": 1, "api": {"host": "127.0.0.1", "port": api}, "devices": devices}))
    log = folder / "emulator.log"
    with (
        servers.child([str(program), "run", "--config", str(config)], log, end=SIGINT) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{api}/api/v1") as calls,
    ):
        servers.wait_until(lambda: calls.get("/devices").raise_for_status(), process, log)
        yield Emulator(ports, calls)


def differing_dots(ours: Image.Image, theirs: Image.Image) -> int:
    """Dots that are not the same; blank rows at the end, which the emulator does not keep, do not count."""
    box = ours.convert("L").point(lambda grey: 255 - grey).getbbox()
    assert box is not None
    ours = ours.crop((0, 0, ours.width, box[3]))
    if ours.size != theirs.size:
        return max(ours.width * ours.height, theirs.width * theirs.height)
    return sum((mine ^ other).bit_count() for mine, other in zip(ours.tobytes(), theirs.convert("1").tobytes(), strict=True))


def pictures(printers: Emulator) -> list[dict[str, object]]:
    """Every kind of slip at every width: what came out, and how many dots differ."""
    found = []
    for width in WIDTHS:
        for kind, slip in KINDS.items():
            before, page = len(printers.receipts(width)), draw(slip, width)
            outcome = printers.device(width).deliver(encode(page), kind)
            papers = len(printers.receipts(width)) - before
            differing = differing_dots(page, printers.picture(width)) if papers == 1 else None
            right = (outcome.state, papers, differing) == ("printed", 1, 0)
            found.append({
                "slip": f"{kind} at {width}", "told": outcome.state, "papers": papers, "dots": page.width * page.height,
                "differing dots": differing, "right": right,
            })  # fmt: skip
    return found


def faults(printers: Emulator) -> list[dict[str, object]]:
    """Each fault of the emulator: what we say of the printer, and of a page sent to it."""
    found = []
    page = encode(draw(EVERYDAY, 576))
    for fault, state in FAULTS.items():
        before = len(printers.receipts(576))
        printers.fault(fault, True)
        asked, outcome = printers.device(576).check(), printers.device(576).deliver(page, fault)
        printers.fault(fault, False)
        papers = len(printers.receipts(576)) - before
        wanted = ("printed", 1) if state == "near_end" else ("blocked", 0)
        right = asked.state == state and (outcome.state, papers) == wanted
        found.append({"fault": fault, "asked": asked.state, "told": outcome.state, "papers": papers, "right": right})
    return found


def main() -> int:
    """Print what came out; 1 when anything is not right."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        program = install(folder / "environment")
        version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
        with emulator(program, folder) as printers:
            found = [*pictures(printers), *faults(printers)]
    for each in found:
        print(*(f"{name}: {value}" for name, value in each.items()), sep="; ")
    print(json.dumps({"emulator": version or EMULATOR, "found": found}, ensure_ascii=False))
    wrong = [each for each in found if not each["right"]]
    print(f"{len(found) - len(wrong)} right, {len(wrong)} wrong ({version or EMULATOR})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
