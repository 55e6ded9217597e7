"""`python -m tests.prefork`: imports the product once, and then forks a server for each line of stdin (tests/forked.py).

A child does all that `python -m core.server` does after its imports; importing is nine tenths of the work of a start.
"""

from gevent import monkey

monkey.patch_all()

import contextlib  # noqa: E402  (everything below must be imported patched, as in core/server.py)
import ctypes  # noqa: E402
import gc  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import threading  # noqa: E402
from typing import TypedDict  # noqa: E402

from gevent.os import fork_gevent  # noqa: E402

from core import server  # noqa: E402
from tests import quicker, serving  # noqa: E402

PR_SET_PDEATHSIG = 1


class Order(TypedDict):
    """One line of stdin, as JSON."""

    factory: str
    log: str
    environ: dict[str, str]


def warm_up() -> None:
    """Load what only the first application loads, and keep all of it out of garbage collection."""
    quicker.compile_addresses_once()
    quicker.compile_templates_once()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "TEST_CLOCK": "2026-11-23T09:00:00+07:00"}
        templates = serving.create_app().jinja_env
        for name in templates.list_templates():
            templates.get_template(name)
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join()  # a child would try to end it once more
    gc.collect()
    gc.freeze()


def fork_servers() -> None:
    """One for each line, the answer to which is its process id. Returns in a child, to become a server; ends with stdin."""
    for line in sys.stdin:
        with contextlib.suppress(ChildProcessError):
            while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG):
                pass
        parent, child = os.getpid(), fork_gevent()
        if not child:
            become(json.loads(line), parent)
            return
        print(child, flush=True)
    sys.exit()


def become(order: Order, parent: int) -> None:
    """Be as a process of its own that was started with this argument, environment and log."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("The process that forks has ended meanwhile.")
    os.setsid()
    with open(order["log"], "ab") as log, open(os.devnull, "rb") as nothing:
        for stream, instead in ((0, nothing), (1, log), (2, log)):
            os.dup2(instead.fileno(), stream)
    os.environ.clear()
    os.environ.update(order["environ"])
    sys.argv[1:] = [order["factory"]]


if __name__ == "__main__":
    warm_up()
    fork_servers()
    server.main()
