"""Looks for a person in everything that is kept: each column of each table, and each file of DATA_DIR byte by byte."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from core.database import Base, Database
from core.words import fold
from tests.conftest import import_models


def traces(database: Database, data_dir: Path, *people: str) -> list[str]:
    """Where one of these names or phones (E.164) still stands: "table.column" or a file's name.

    A name counts with and without its marks, a phone without its country. SQLite's own files are searched, too; what
    PostgreSQL writes on its disk is its housekeeping's.
    """
    wanted = {word for text in people for word in (_forms(text))}
    return sorted({*_in_tables(database, wanted), *_in_files(database, data_dir, wanted)})


def _forms(text: str) -> set[str]:
    return {text[3:]} if text.startswith("+84") else {text, fold(text)}


def _in_tables(database: Database, wanted: set[str]) -> list[str]:
    import_models()
    found = []
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if _holds(str(value), wanted)]
    return found


def _in_files(database: Database, data_dir: Path, wanted: set[str]) -> list[str]:
    database.forget_deleted()
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word.encode() in path.read_bytes() for word in wanted)]


def _holds(text: str, wanted: set[str]) -> bool:
    return any(word in text for word in wanted)
