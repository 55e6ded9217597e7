"""Writing rows of the hot paths down one by one: what `Session.flush` sends, without its unit of work.

A flush sorts everything a session has in hand before it sends the first statement, which weighs twice as much as the statements
themselves where it is three rows. Who knows the rows that have changed, and in which order they have to be written, says so here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, inspect, update
from sqlalchemy.orm import InstanceState, Session, make_transient_to_detached

from core.database import Base


def write(session: Session, rows: Iterable[Base | None]) -> None:
    """Write these rows in this order: of one that was read what has changed, a new one whole; None is passed over.

    They have one key, `id`, and attributes named as their columns; what a new one is not given is read when it is looked at. In a
    savepoint it is a flush: the session has to know what it takes back.
    """
    present = [row for row in rows if row is not None]
    if session.in_nested_transaction():
        session.add_all(present)
        session.flush()
        return
    connection = session.connection()
    for row in present:
        state = cast(InstanceState[Any], inspect(row))
        if state.key is None:
            made = connection.execute(_insert(type(row)), _set(row, state))
            row.id = cast(Any, made.inserted_primary_key)[0]  # type: ignore[attr-defined]
            make_transient_to_detached(row)
            session.add(row)
        elif changed := _changed(row, state):
            connection.execute(_update(type(row)), {"its_id": state.key[1][0], **changed})
            state._commit_all(state.dict, session.identity_map)  # as a flush ends


def _set(row: Base, state: InstanceState[Any]) -> dict[str, Any]:
    return {name: value for name, value in state.dict.items() if name in row.__table__.c}


def _changed(row: Base, state: InstanceState[Any]) -> dict[str, Any]:
    """What was set to something else than what was read."""
    here = state.dict
    before = state.committed_state if state.modified else {}
    return {name: here[name] for name, was in before.items() if was != here[name] and name in row.__table__.c}


@lru_cache(maxsize=64)
def _insert(kind: type[Base]) -> Any:
    return insert(cast(Table, kind.__table__))


@lru_cache(maxsize=64)
def _update(kind: type[Base]) -> Any:
    table = cast(Table, kind.__table__)
    return update(table).where(table.c.id == bindparam("its_id"))
