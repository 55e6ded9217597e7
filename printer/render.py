"""The drawing process: `python -m printer.render` reads slips on stdin and answers pages on stdout until stdin ends.

Drawing takes some 50 ms of CPU; inside the server it would hold up every socket, so it happens in a niced process of
its own (stack.md: 12 ms at p99 against 478 ms in a thread). A question is JSON {"slip", "width", "form"}, an answer one
byte ("+" or "-") and the page or the reason; `core.children` frames both.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from typing import Any

from core.children import read_message, write_message
from printer.escpos_bytes import encode
from printer.raster import draw
from printer.slip import Slip

NICENESS = 10


def page(document: dict[str, Any], width: int, form: str) -> bytes:
    """The slip `document` at `width` dots, as "png" or as "escpos" bytes."""
    image = draw(Slip.from_dict(document), width)
    if form == "escpos":
        return encode(image)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(203, 203))
    return out.getvalue()


def main() -> None:
    """Answer until stdin ends, which it does when the server dies, however it dies."""
    os.nice(NICENESS)
    # Ctrl-C in a terminal reaches this process too; the server decides when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (question := read_message(sys.stdin.buffer)) is not None:
        write_message(sys.stdout.buffer, _answer(question))


def _answer(question: bytes) -> bytes:
    try:
        asked = json.loads(question)
        return b"+" + page(asked["slip"], asked["width"], asked["form"])
    except Exception as error:  # whatever is wrong with one slip must not end the process for the next
        return b"-" + f"{type(error).__name__}: {error}".encode()


if __name__ == "__main__":
    main()
