"""The one server for all screens: gunicorn with gevent workers, set up as measured.

`python -m core.server` serves `wsgi:create_app`. Another `module:factory` may be named as the only argument.
"""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402  (everything below must be imported patched)
import importlib  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

_workers = os.environ.pop("WEB_CONCURRENCY", None)  # gunicorn reads it when imported, and ends with a traceback on nonsense
from gunicorn.app.base import BaseApplication  # noqa: E402

if _workers is not None:
    os.environ["WEB_CONCURRENCY"] = _workers

from core.config import Config, ConfigError, load_config  # noqa: E402

OPEN_FILES = 65536
CONNECTIONS = 20000
WATCH_EVERY_S = 0.2
PORT_PATIENCE_S = 3.0
"""How long the server before this one may take to let go of the port."""


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"at": self.formatTime(record), "level": record.levelname, "from": record.name, "text": record.getMessage()}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


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
            "worker_class": "gevent",
            "worker_connections": CONNECTIONS,
            "graceful_timeout": 3,
            # A rush of hundreds keeps one process busy for a while: a worker that still answers must not be killed for it.
            "timeout": 300,
            "preload_app": False,
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "warning",
            "post_worker_init": _begin,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        module, _colon, name = self._factory.partition(":")
        return getattr(importlib.import_module(module), name)()


def _begin(worker: Any) -> None:
    """Start what runs beside the requests, and keep what was loaded out of garbage collection.

    Full collections stop every socket for 70-250 ms otherwise (stack.md).
    """
    stop = threading.Event()
    for loop in (*worker.wsgi.extensions["dung-gio"].background, lambda stop: _watch(worker, stop)):
        threading.Thread(target=loop, args=(stop,), daemon=True).start()
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 10000)


def _watch(worker: Any, stop: threading.Event) -> None:
    """Tell the loops to end as soon as the worker is asked to: a page under way is finished while sockets are drained."""
    while worker.alive:
        time.sleep(WATCH_EVERY_S)
    stop.set()


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
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonLines() if config.log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every part of itself it loads
    _allow_many_files()
    Server(config, sys.argv[1] if len(sys.argv) > 1 else "wsgi:create_app").run()


if __name__ == "__main__":
    main()
