"""Bringing the database to this version's tables: what every start does first."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def alembic_config(database_url: str) -> AlembicConfig:
    """Alembic's own configuration for this database; there is no ini file to keep."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str) -> None:
    """Run every migration that has not been run yet."""
    command.upgrade(alembic_config(database_url), "head")


def write_new(message: str) -> None:
    """Write a migration file for what the models have and the migrations have not."""
    with tempfile.TemporaryDirectory() as folder:
        config = alembic_config(f"sqlite:///{folder}/compare.sqlite")
        command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True)


if __name__ == "__main__":
    write_new(" ".join(sys.argv[1:]) or "change")
