"""An office that many tests begin with: furnished once in each process, on each kind of database, and copied for each test.

A folder's conftest says how, by a fixture `furnish`; what its function gives (ids, tokens) is the fixture `known`.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

import wsgi
from core.clock import Clock
from core.config import load_config

Furnish = Callable[[Flask], Any]
Product = Callable[[str], AbstractContextManager[Flask]]
"""The product on the database at an address."""


@contextmanager
def product(database_url: str, clock: Clock, folder: Path) -> Iterator[Flask]:
    """The whole product on this database, with its data in `folder`, until the end of the block."""
    environ = {"DATA_DIR": str(folder), "DATABASE_URL": database_url, "SECRET_KEY": "only-for-tests"}
    app = wsgi.create_app(load_config(environ), clock)
    app.testing = True
    app.extensions["forecasts"].pause_s = 0  # a test changes more in a second than an office does
    yield app
    app.extensions["realtime"].close()
    app.extensions["dung-gio"].database.dispose()


class Furnished:
    """The databases of one kind that are copied: the first without a row, the others by what furnished them."""

    def __init__(self, empty: str, copied: Callable[[str, str], str], product: Product) -> None:
        """`copied(template, name)` makes a database as a copy of another and gives its address."""
        self._empty, self._copied, self._product = empty, copied, product
        self._known: dict[Furnish, tuple[str, Any]] = {}

    def template(self, furnish: Furnish | None) -> str:
        """The database to be copied."""
        return self._empty if furnish is None else self._made(furnish)[0]

    def known(self, furnish: Furnish) -> Any:
        """What is known of the office in it; the test's own, as the database is."""
        return copy.deepcopy(self._made(furnish)[1])

    def _made(self, furnish: Furnish) -> tuple[str, Any]:
        if furnish not in self._known:
            name = f"furnished{len(self._known)}"
            with self._product(self._copied(self._empty, name)) as app:
                self._known[furnish] = name, furnish(app)
        return self._known[furnish]


def copied_file(folder: Path, template: str, name: str) -> str:
    """A SQLite file in `folder`, a copy of the one beside it; gives its address."""
    shutil.copy(folder / template, folder / name)
    return f"sqlite:///{folder / name}"
