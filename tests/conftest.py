"""What every test may ask for: a fresh database (on SQLite and on PostgreSQL), a set clock, the app, and checked pages.

Everything is started only when the first test asks for it.
"""

from __future__ import annotations

import configparser
import importlib
import importlib.util
import itertools
import shutil
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from alembic import command
from flask import Flask

from core.clock import SetClock
from core.database import Base, Database, make_engine
from core.migrate import alembic_config
from tests import forked, quicker, servers
from tests.furnished import Furnish, Furnished, Product, copied_file, product
from tests.pages import CheckedClient

servers.work_in_memory()
quicker.collect_garbage_seldom()
quicker.compile_addresses_once()
quicker.compile_templates_once()
quicker.compile_statements_once()
quicker.read_certificates_once()
quicker.look_for_versions_once()

ROOT = Path(__file__).parent.parent
_setup = configparser.ConfigParser()
_setup.read(ROOT / "setup.cfg")
ROOMS = _setup["options"]["packages"].split()
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=HANOI)

def import_models() -> None:
    """Import every package's tables, so that `Base.metadata` knows all of them."""
    importlib.import_module("core.idempotency")
    for room in ROOMS:
        if importlib.util.find_spec(f"{room}.models"):
            importlib.import_module(f"{room}.models")


@pytest.fixture(scope="session", autouse=True)
def forked_servers() -> Iterator[None]:
    """Servers of the tests are forked."""
    with forked.forking():
        yield


@pytest.fixture
def clock() -> SetClock:
    """Monday 23 November 2026, nine in the morning in Hanoi. Moves only when told."""
    return SetClock(MONDAY_MORNING)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a throwaway PostgreSQL cluster, without a database name."""
    with servers.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a throwaway Redis."""
    with servers.redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """The name of a PostgreSQL database with all tables and no rows, to be cloned."""
    create_postgresql_database(postgresql_server, "tables")
    _create_tables(f"{postgresql_server}/tables")
    return "tables"


def _create_tables(url: str) -> None:
    import_models()
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    command.stamp(alembic_config(url), "head")


_numbers = itertools.count(1)


def create_postgresql_database(server: str, name: str, template: str = "template0") -> str:
    """Make a database, as a copy of `template`; gives its address."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        # From version 15 on a copy goes through the log, page by page, unless told otherwise: half as fast here.
        copied = "STRATEGY file_copy" if connection.info.server_version >= 150000 else ""
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {copied}'.encode())
    return f"{server}/{name}"


def drop_postgresql_database(server: str, name: str) -> None:
    """Throw a database away, whoever is still connected to it."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def furnish() -> Furnish | None:
    """What stands in a test's database from the start: nothing, unless the conftest of its folder has another one of these."""
    return None


@pytest.fixture(scope="session")
def sqlite_furnished(sqlite_template: Path, product_anywhere: Product) -> Furnished:
    """The SQLite files to be copied."""
    return Furnished(sqlite_template.name, partial(copied_file, sqlite_template.parent), product_anywhere)


@pytest.fixture(scope="session")
def postgresql_furnished(postgresql_server: str, postgresql_template: str, product_anywhere: Product) -> Furnished:
    """The PostgreSQL databases to be copied."""

    def copied(template: str, name: str) -> str:
        return create_postgresql_database(postgresql_server, name, template)

    return Furnished(postgresql_template, copied, product_anywhere)


@pytest.fixture(scope="session")
def product_anywhere(tmp_path_factory: pytest.TempPathFactory) -> Product:
    """The product on any database, on the morning all tests begin with."""
    return partial(product, clock=SetClock(MONDAY_MORNING), folder=tmp_path_factory.mktemp("furnishing"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, sqlite_furnished: Furnished, furnish: Furnish | None, tmp_path: Path) -> str:
    """A SQLite database of this test's own, all tables, no rows but those of `furnish`."""
    shutil.copy(sqlite_template.parent / sqlite_furnished.template(furnish), tmp_path / "test.sqlite")
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_furnished: Furnished, furnish: Furnish | None) -> Iterator[str]:
    """A PostgreSQL database of this test's own, all tables, no rows but those of `furnish`."""
    name = f"test{next(_numbers)}"
    yield create_postgresql_database(postgresql_server, name, postgresql_furnished.template(furnish))
    drop_postgresql_database(postgresql_server, name)


@pytest.fixture
def known(request: pytest.FixtureRequest, database_url: str, furnish: Furnish) -> Any:
    """What `furnish` knows of the office in the database of this test."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    return request.getfixturevalue(f"{kind}_furnished").known(furnish)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with all tables and no rows, on the one and on the other kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with all tables and no rows."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def app(database_url: str, clock: SetClock, tmp_path: Path) -> Iterator[Flask]:
    """The whole product on a fresh database, on the set clock. `app.extensions["dung-gio"].database` is its database."""
    with product(database_url, clock, tmp_path) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """A browser without a screen: each HTML page it gets is checked as a page (tests/pages.py)."""
    return CheckedClient(app, app.response_class)
