"""The painter: `python -m core.painting module:factory` makes snapshots for the worker that has started it (core/painter.py).

It is the same application without its loops and sockets. It reads questions from a socket that is its stdin, JSON
[namespace, office, keys], answers each with finished frames, and ends with the socket: when the worker does, however that ends.
It reads the database and never writes.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import socket
import sys
import threading

from flask import Flask

from core import logs, memory
from core.children import read_message, write_message
from core.fanout import frame_of
from core.feeds import Picture
from core.painter import answer_of

log = logging.getLogger("core.painting")  # also where it is `__main__`

NICENESS = 5
"""Calls and boards come first, also where there are fewer processors than work."""
READY = b"ready"


def paint(app: Flask, question: bytes) -> Picture | None:
    """The frames that the question asks for; None when they cannot be made now, which the log says."""
    namespace, office, keys = json.loads(question)
    realtime = app.extensions["realtime"]
    try:
        made: Picture = realtime.delivery.picture(realtime.feeds[namespace], office, keys, frame_of)
    except Exception as error:
        log.warning("could not paint an office for %s: %s", namespace, type(error).__name__)
        return None
    return made


def main() -> None:
    """Answer until the worker has gone."""
    os.nice(NICENESS)
    # A terminal and systemd send these to all processes at once; the worker still drains its sockets, and ends this one.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    module, _colon, name = sys.argv[1].partition(":")
    app = getattr(importlib.import_module(module), name)()
    services = app.extensions["dung-gio"]
    logs.configure(services.config.log_format)
    for warm in services.warming:
        warm()
    memory.settle()
    threading.Thread(target=memory.Collecting().run, args=(threading.Event(),), daemon=True).start()
    with socket.socket(fileno=sys.stdin.fileno()) as worker:
        worker.setblocking(True)  # the worker's end is not, and both are one file
        try:
            _answer(app, worker)
        except ConnectionError:  # it has gone in the middle of an answer
            return


def _answer(app: Flask, worker: socket.socket) -> None:
    with worker.makefile("rwb") as stream:
        write_message(stream, READY)
        while (question := read_message(stream)) is not None:
            write_message(stream, answer_of(paint(app, question)))


if __name__ == "__main__":
    main()
