"""The migrations make exactly the tables of the models, and can be undone (house-style 12)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Inspector, inspect

from core import migrate
from core.database import Base, make_engine
from tests.conftest import create_postgresql_database, drop_postgresql_database, import_models


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    yield create_postgresql_database(server, "empty")
    drop_postgresql_database(server, "empty")


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    import_models()
    engine = make_engine(empty_url)
    yield engine
    engine.dispose()


def test_migrations_make_the_tables_of_the_models(empty: Engine, empty_url: str) -> None:
    migrate.upgrade(empty_url)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_make_the_same_constraints_as_the_models(empty: Engine, empty_url: str) -> None:
    """Alembic does not compare CHECKs and conditions of indexes; the databases themselves can be compared."""
    migrate.upgrade(empty_url)
    migrated = described(empty)
    command.downgrade(migrate.alembic_config(empty_url), "base")
    Base.metadata.create_all(empty)
    assert migrated == described(empty)


def test_migrations_can_be_undone_and_done_again(empty: Engine, empty_url: str) -> None:
    config = migrate.alembic_config(empty_url)
    command.upgrade(config, "head")
    before = described(empty)
    command.downgrade(config, "base")
    assert set(described(empty)) == set()
    command.upgrade(config, "head")
    assert described(empty) == before


def test_migrations_are_one_chain() -> None:
    assert len(ScriptDirectory.from_config(migrate.alembic_config("sqlite://")).get_heads()) == 1


def described(engine: Engine) -> dict[str, Any]:
    """Every table as the database knows it, in an order that does not depend on how it came to be."""
    inspector = inspect(engine)
    names = [name for name in inspector.get_table_names() if name != "alembic_version"]
    return {name: _table(inspector, name) for name in names}


def _table(inspector: Inspector, name: str) -> dict[str, Any]:
    def by_name(rows: list[Any]) -> list[str]:
        return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)

    return {
        "columns": by_name([{key: str(value) for key, value in column.items()} for column in inspector.get_columns(name)]),
        "key": inspector.get_pk_constraint(name),
        "foreign keys": by_name(list(inspector.get_foreign_keys(name))),
        "checks": by_name(list(inspector.get_check_constraints(name))),
        "uniques": by_name(list(inspector.get_unique_constraints(name))),
        "indexes": by_name(list(inspector.get_indexes(name))),
    }
