"""The hall of the race tests, guarded as in the product, or with the guards taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from core.database import Database
from tests import builders, running
from tests.concurrency.hall import Hall

COUNTERS = 8
OpenHall = Callable[..., Hall]


@pytest.fixture
def open_hall(database: Database, database_url: str, tmp_path: Path) -> Iterator[OpenHall]:
    """Makes the office and starts its servers: `open_hall()`, or `open_hall("numbers")` without that guard.

    The office has one service at all counters, unless something else is said (as `builders.make_office` takes it).
    """
    with ExitStack() as servers:

        def start(without: str = "", **planned: Any) -> Hall:
            with database.transaction() as session:
                office = builders.make_office(session, **{"services": "A", "counters": COUNTERS, **planned})
            factory = "tests.concurrency.unguarded:create_app" if without else "tests.serving:create_app"
            processes = 1 if database.is_sqlite else 2
            urls = [
                servers.enter_context(
                    running.server(
                        tmp_path, factory=factory, DATABASE_URL=database_url, WITHOUT_GUARD=without, SECRET_KEY="only-for-tests"
                    )
                ).url
                for _process in range(processes)
            ]
            return Hall(urls, database, office.code)

        yield start
