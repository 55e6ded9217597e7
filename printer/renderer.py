"""The server's side of the drawing process: starts it, asks it for pages, starts it again when it has died.

Nothing here imports Pillow: the server never draws.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.children import read_message, write_message

PATIENCE_S = 20.0
"""A page takes 0.1 s, the first one 0.5 s more; after this the process is stuck and is killed."""


class RenderFailed(Exception):
    """This slip cannot be drawn; the message says why, in English, for the technician."""


class Renderer:
    """One drawing process, used by one thread at a time. Works under gevent's patched subprocess as under threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def page(self, document: Mapping[str, Any], width: int, form: str) -> bytes:
        """The page of `printer.render.page`. Raises `RenderFailed` when the slip is at fault, or killed two processes."""
        question = json.dumps({"slip": document, "width": width, "form": form}).encode()
        with self._lock:
            # One more try: the process may have died since the last page, which says nothing about this slip.
            answer = self._ask(question) or self._ask(question)
        if answer is None:
            raise RenderFailed("the drawing process died twice")
        if answer[:1] != b"+":
            raise RenderFailed(answer[1:].decode())
        return answer[1:]

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, question: bytes) -> bytes | None:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        killer = threading.Timer(PATIENCE_S, process.kill)
        killer.daemon = True
        killer.start()
        try:
            write_message(process.stdin, question)
            answer = read_message(process.stdout)
        except (OSError, ValueError):
            answer = None
        finally:
            killer.cancel()
        if answer is None:
            self._end()
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "printer.render"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was still to be flushed has no reader any more
                    continue
