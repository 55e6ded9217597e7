"""The same key answers the same thing, once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core.clock import SetClock
from core.database import Database
from core.idempotency import IdempotencyKey, KeyReused, Stored, claim, keep, tidy

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ASKED = {"method": "POST", "path": "/x", "caller": "device:1", "body": b"{}"}


def answer(database: Database, key: str = "k", now: datetime = NOW, **changed: object) -> Stored | None:
    with database.transaction() as session:
        stored = claim(session, key, now=now, **{**ASKED, **changed})  # type: ignore[arg-type]
        if stored is None:
            keep(session, 201, '{"number": "A001"}')
        return stored


def test_the_second_time_the_first_answer_comes_back(database: Database) -> None:
    assert answer(database) is None
    assert answer(database) == Stored(201, '{"number": "A001"}')


@pytest.mark.parametrize("changed", [{"method": "DELETE"}, {"path": "/y"}, {"caller": "device:2"}])
def test_a_key_belongs_to_its_method_path_and_caller(database: Database, changed: dict[str, str]) -> None:
    assert answer(database) is None
    assert answer(database, **changed) is None


def test_the_same_key_with_another_body_is_refused(database: Database) -> None:
    answer(database)
    with pytest.raises(KeyReused):
        answer(database, body=b'{"service": "other"}')


def test_a_refused_action_leaves_its_key_free(database: Database) -> None:

    def fail_after_the_key() -> None:
        with database.transaction() as session:
            claim(session, "k", now=NOW, **ASKED)  # type: ignore[arg-type]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_the_key()
    assert answer(database) is None


class OneRound(threading.Event):
    """Is set by the first wait for it."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_after_a_day_key_and_answer_are_forgotten(database: Database) -> None:
    clock = SetClock(NOW)
    answer(database)
    for hours, left in ((24, 1), (1, 0)):
        clock.advance(timedelta(hours=hours))
        tidy(database, clock, OneRound())
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == left


def test_after_a_day_a_key_is_free_again(database: Database) -> None:
    answer(database)
    assert answer(database, now=NOW + timedelta(hours=24, seconds=1)) is None
