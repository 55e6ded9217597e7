"""Bringing the database to this version's tables: what every start does first."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import text

from core.database import make_engine

MIGRATIONS = Path(__file__).parent.parent / "migrations"
STARTING = 0x44756E68
"""The key of the advisory lock under which one start after the other brings the database up to date."""


def alembic_config(database_url: str) -> AlembicConfig:
    """Alembic's own configuration for this database; there is no ini file to keep."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str) -> None:
    """Run every migration that has not been run yet."""
    command.upgrade(alembic_config(database_url), "head")


@contextmanager
def alone(database_url: str) -> Iterator[None]:
    """Let one start after the other in, of all machines: several services that start at once would make the same tables twice.

    SQLite has one server, and its starts follow one another.
    """
    engine = make_engine(database_url)
    try:
        if engine.dialect.name == "sqlite":
            yield
            return
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": STARTING})
            yield
    finally:
        engine.dispose()


def write_new(message: str) -> None:
    """Write a migration file for what the models have and the migrations have not."""
    with tempfile.TemporaryDirectory() as folder:
        config = alembic_config(f"sqlite:///{folder}/compare.sqlite")
        command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True)


if __name__ == "__main__":
    write_new(" ".join(sys.argv[1:]) or "change")
