"""An open ward for the actions of the line: three counters, invented officers, nine o'clock on a Monday."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from tests.queueing.ward import Ward


@pytest.fixture
def ward(database: Database) -> Iterator[Ward]:
    """The ward, in one open transaction of a fresh database."""
    with database.transaction() as session:
        yield Ward(session)


@pytest.fixture
def session(ward: Ward) -> Session:
    """The transaction the ward lives in."""
    return ward.session
