"""The one server for all screens: gunicorn with gevent workers, set up as measured.

`python -m core.server` serves `wsgi:create_app`. Another `module:factory` may be named as the only argument.
"""

from gevent import monkey

monkey.patch_all()

import importlib  # noqa: E402  (everything below must be imported patched)
import logging  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import shutil  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

_workers = os.environ.pop("WEB_CONCURRENCY", None)  # gunicorn reads it when imported, and ends with a traceback on nonsense
from gunicorn.app.base import BaseApplication  # noqa: E402
from gunicorn.glogging import Logger as GunicornLogger  # noqa: E402

if _workers is not None:
    os.environ["WEB_CONCURRENCY"] = _workers

from core import logs, memory  # noqa: E402
from core.config import Config, ConfigError, load_config  # noqa: E402
from core.worker import Worker  # noqa: E402

OPEN_FILES = 65536
CONNECTIONS = 20000
BACKLOG = 8192
"""Connections that wait for a worker; Linux itself allows 4096 (net.core.somaxconn)."""
WATCH_EVERY_S = 0.2
PORT_PATIENCE_S = 3.0
"""How long the server before this one may take to let go of the port."""


SHARED_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus-client looks for it when it is imported: nothing above this line, and nothing in the master, may import it."""
MEMORY = Path("/dev/shm")  # noqa: S108  (a folder of our own below it, made by mkdtemp)
"""Where the workers share their figures: a write to a file on a disk stops every socket while the disk is busy."""


class _Log(GunicornLogger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own words go the way of all others, instead of to stderr in a format of their own."""

    def setup(self, cfg: Any) -> None:
        self.error_log.setLevel(logging.WARNING)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn told everything in code: there is no configuration file to keep."""

    def __init__(self, config: Config, factory: str) -> None:
        self._config = config
        self._factory = factory
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"{self._config.host}:{self._config.port}",
            "workers": self._config.workers,
            "worker_class": Worker,
            "worker_connections": CONNECTIONS,
            "backlog": BACKLOG,
            "graceful_timeout": 3,
            # A rush of hundreds keeps one process busy for a while: a worker that still answers must not be killed for it.
            "timeout": 300,
            "preload_app": False,
            "control_socket_disable": True,
            "accesslog": None,
            "logger_class": _Log,
            "post_worker_init": partial(_begin, self._config, self._factory),
            "child_exit": _forget_figures,
            "on_exit": _remove_figures,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        module, _colon, name = self._factory.partition(":")
        return getattr(importlib.import_module(module), name)()


def _begin(config: Config, factory: str, worker: Any) -> None:
    """Start what runs beside the requests, and keep what was loaded out of garbage collection."""
    logs.configure(config.log_format, worker.wsgi.extensions["metrics"].logged)
    stop = threading.Event()
    worker.wsgi.extensions["painter"](factory)
    worker.wsgi.extensions["background"](stop)
    threading.Thread(target=_watch, args=(worker, stop), daemon=True).start()
    memory.settle()


def _watch(worker: Any, stop: threading.Event) -> None:
    """Tell the loops to end as soon as the worker is asked to: a page under way is finished while sockets are drained.

    Meanwhile measure what cannot be counted: how late a pause ends is what every socket waits for whatever is in the way.
    """
    extensions = worker.wsgi.extensions
    metrics, pool = extensions["metrics"], extensions["dung-gio"].database.engine.pool
    rooms = extensions["socketio"].server.manager.rooms
    while worker.alive:
        asked = time.perf_counter()
        time.sleep(WATCH_EVERY_S)
        metrics.loop_delayed(time.perf_counter() - asked - WATCH_EVERY_S)
        # The room without a name holds everybody who is connected to a namespace.
        sockets = {namespace: len(rooms.get(namespace, {}).get(None, ())) for namespace in extensions["realtime"].feeds}
        metrics.sample(sockets, pool.checkedout())
    stop.set()


def _share_figures(workers: int) -> None:
    """Let several workers keep their figures where each of them finds all; one worker keeps them to itself."""
    os.environ.pop(SHARED_FIGURES, None)
    if workers == 1:
        return
    beside = "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK)
    os.environ[SHARED_FIGURES] = tempfile.mkdtemp(prefix="dung-gio-figures-", dir=None if beside else MEMORY)


def _forget_figures(_arbiter: Any, worker: Any) -> None:
    """A worker has ended: what it counted stays, what it held (sockets, connections) is gone."""
    for held in Path(os.environ.get(SHARED_FIGURES, "/nowhere")).glob(f"gauge_live*_{worker.pid}.db"):
        held.unlink(missing_ok=True)


def _remove_figures(_arbiter: Any) -> None:
    shutil.rmtree(os.environ.get(SHARED_FIGURES, "/nowhere"), ignore_errors=True)


def _allow_many_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _check_address(config: Config) -> None:
    """Raise ConfigError when nothing can listen at HOST and PORT."""
    give_up_at = time.monotonic() + PORT_PATIENCE_S
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    while True:
        try:
            socket.create_server((config.host.strip("[]"), config.port), family=family).close()
            return
        except OSError as error:
            if time.monotonic() > give_up_at or isinstance(error, socket.gaierror):
                reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
                where = f"PORT={config.port} on HOST={config.host}"
                raise ConfigError(f"{where} cannot be used: {reason}. Choose another.") from error
        time.sleep(WATCH_EVERY_S)


def main() -> None:
    """Start, or say in one sentence why not."""
    try:
        config = load_config()
        _check_address(config)
    except ConfigError as error:
        sys.exit(str(error))
    logs.configure(config.log_format)
    _share_figures(config.workers)
    _allow_many_files()
    factory = sys.argv[1] if len(sys.argv) > 1 else "wsgi:create_app"
    # Loaded before anything listens: else requests would wait for seconds at a server that has begun and cannot answer yet, and
    # each worker would load the same once more. Nothing is built by it; each worker builds its own after the fork.
    importlib.import_module(factory.partition(":")[0])
    Server(config, factory).run()


if __name__ == "__main__":
    main()
