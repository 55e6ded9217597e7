"""The slips as they looked when somebody last looked at them: `python -m tests.printer.golden FOLDER` draws every kind at every
width into FOLDER, to be looked at, and then writes their marks down.

The marks are exact for the version of FreeType they were made with; another one may set a dot here and there differently, so
there the height and the ink are compared.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image, features

from printer.models import WIDTHS
from printer.raster import draw
from tests.printer.slips import KINDS

FILE = Path(__file__).with_name("golden.json")


def marks_of(image: Image.Image) -> dict[str, Any]:
    """What is kept of a slip: the hash of its dots, its rows, and how many dots are black."""
    black = image.convert("L").histogram()[0]
    return {"dots": hashlib.sha256(image.tobytes()).hexdigest(), "rows": image.height, "black": black}


def freetype() -> str:
    """The version of the library that sets the letters."""
    return str(features.version("freetype2"))


def main(folder: Path) -> None:
    """Draw everything into `folder` and write the marks down."""
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"freetype": freetype()}
    for kind, slip in KINDS.items():
        for width in WIDTHS:
            image = draw(slip, width)
            image.save(folder / f"{kind.replace(' ', '-')}-{width}.png")
            found[f"{kind} at {width}"] = marks_of(image)
    FILE.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
