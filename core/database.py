"""One recipe for SQLite and PostgreSQL: who writes begins by locking, who reads sees one consistent moment.

SQLite (stack.md, measured): WAL, synchronous=FULL, BEGIN IMMEDIATE behind one process-wide write lock, busy_timeout 0 and
retried cooperatively because the command line may write too. PostgreSQL: READ COMMITTED with row locks for writers,
REPEATABLE READ for readers. A write transaction must never yield to another greenlet: no emit, no sleep, no slow log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, Protocol

from pydantic_core import from_json
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, ExceptionContext, MetaData, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from core.events import Event, take_recorded

SQLITE_PATIENCE_S = 10.0
"""How long a writer waits for another process's write (the command line, a backup) before it gives up."""

CONNECTIONS, URGENT_CONNECTIONS = 32, 8
"""To PostgreSQL, at most, of each process: for all, and beside them for what is urgent. Those who wait for one wait in a row,
where a board would stand behind every request of a rush."""
CONNECTION_PATIENCE_S = 50.0
"""How long a request waits for one: as good as the minute for which the proxy waits for the answer."""

_READING = "dung_gio_reading"
_KEPT = "kept"
_LOCKS = ("UPDATE", "FOR UPDATE", "FOR NO KEY UPDATE")
_BEGUN = "dung_gio_begun"


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Aware in, aware UTC out, on both databases; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("instants are aware: a naive datetime was given")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """One step for each value, without the wrappers of both types: a line is hundreds of instants."""
        return _read_text if dialect.name == "sqlite" else _read_aware


def _read_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "Z")  # a sixth of the time of setting the zone afterwards


def _read_aware(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The parent of every table. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()}


def one_of(column: str, values: Iterable[object]) -> str:
    """The SQL of a CHECK that `column` holds one of `values`."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def insert_or(session: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that may say `on_conflict_do_nothing` or `on_conflict_do_update`, in the words of the session's database."""
    return (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(table)


class Watch(Protocol):
    """Who wants to know how long the database took, in seconds; told after it, never inside a lock."""

    def transaction_done(self, kind: str, seconds: float) -> None:
        """`kind`: write or read."""

    def lock_waited(self, lock: str, seconds: float) -> None:
        """`lock`: process or file (SQLite), row (PostgreSQL: a statement that locks rows, its own work included)."""


class _Nobody:
    def transaction_done(self, kind: str, seconds: float) -> None: ...

    def lock_waited(self, lock: str, seconds: float) -> None: ...


def in_both_words(build: Callable[[Callable[..., Any]], Any]) -> Mapping[str, Any]:
    """A statement that begins with such an INSERT, built once: by the name of the database's dialect."""
    return {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}


def dialect_of(session: Session) -> str:
    """The name of the session's database: "sqlite" or "postgresql"."""
    return session.get_bind().dialect.name


def kept_of(session: Session) -> dict[str, Any]:
    """What this process keeps of the session's database from one transaction to the next."""
    kept: dict[str, Any] = session.info.setdefault(_KEPT, {})
    return kept


class Database:
    """The engine, its sessions and the write lock of one process."""

    def __init__(
        self,
        url: str,
        on_commit: Callable[[Sequence[Event]], None] = lambda events: None,
        info: Mapping[str, Any] | None = None,
        watch: Watch | None = None,
    ) -> None:
        """`info` is what every session is told from the start (`Session.info`)."""
        self._watch = watch or _Nobody()
        self.engine = make_engine(url, watch)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._urgent = self.engine if self.is_sqlite else make_engine(url, watch, URGENT_CONNECTIONS)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info={**(info or {}), _KEPT: {}})
        self._on_commit = on_commit
        self._write_lock = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that may write. Commits at the end, then publishes its events; any exception rolls all back.

        On SQLite it holds the process-wide write lock from the first to the last line: do nothing slow inside.
        """
        begun = time.perf_counter()
        with self._locked(), self._sessions() as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
            events = take_recorded(session)
        self._watch.transaction_done("write", time.perf_counter() - begun)
        self._on_commit(events)

    @contextmanager
    def reading(self, *, urgent: bool = False) -> Iterator[Session]:
        """A session that only reads, all of it at one moment of the database. What it changed is thrown away.

        An `urgent` one has a connection although all others wait for one.
        """
        begun = time.perf_counter()
        with self._sessions(bind=self._urgent if urgent else self.engine) as session:
            options: dict[str, Any] = {_READING: True}
            if not self.is_sqlite:
                options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            session.connection(execution_options=options)
            try:
                yield session
            finally:
                # What was read may be shown after the block: objects keep what they hold and load nothing more.
                session.expunge_all()
                session.rollback()
        self._watch.transaction_done("read", time.perf_counter() - begun)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        asked = time.perf_counter()
        with self._write_lock:
            waited = time.perf_counter() - asked
            yield
        self._watch.lock_waited("process", waited)

    def forget_deleted(self) -> None:
        """Let what was deleted go from SQLite's write-ahead file, too, unless somebody reads just then.

        In the database file it was overwritten at once (`secure_delete`). PostgreSQL's own housekeeping does this by itself.
        """
        if not self.is_sqlite:
            return
        with self._write_lock, closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        """Close every pooled connection."""
        for engine in (self.engine, self._urgent):
            engine.dispose()


def make_engine(url: str, watch: Watch | None = None, connections: int = CONNECTIONS) -> Engine:
    """An engine with this product's settings. `postgresql://` means psycopg 3, which cooperates with gevent.

    Its errors go to the log, so they never quote what was to be stored: that may be a name or a phone.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith("sqlite"):
        pool = {"pool_size": connections, "max_overflow": 0, "pool_timeout": CONNECTION_PATIENCE_S, "pool_pre_ping": True}
        engine = create_engine(url, hide_parameters=True, **pool)
        event.listen(engine, "handle_error", _without_row)
        if watch is not None:
            _watch_row_locks(engine, watch)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        json_deserializer=from_json,
        pool_size=20,
        max_overflow=20,
        connect_args={"isolation_level": None, "timeout": 0, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_sqlite_pragmas)
    event.listen(engine, "begin", partial(_begin_sqlite, watch or _Nobody()))
    return engine


def _watch_row_locks(engine: Engine, watch: Watch) -> None:
    def before(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(_LOCKS[0]) or _LOCKS[1] in statement or _LOCKS[2] in statement:
            connection.info[_BEGUN] = time.perf_counter()

    def after(connection: Connection, *_rest: Any) -> None:
        begun = connection.info.pop(_BEGUN, None)
        if begun is not None:
            watch.lock_waited("row", time.perf_counter() - begun)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)


def _without_row(context: ExceptionContext) -> None:
    """PostgreSQL quotes the whole row that failed below the first line of its message, in the language of the server."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(str(part).partition("\n")[0] for part in error.args)


def _set_sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=0", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(watch: Watch, connection: Connection) -> None:
    if connection.get_execution_options().get(_READING):
        connection.exec_driver_sql("BEGIN")
        return
    asked = time.monotonic()
    give_up_at = asked + SQLITE_PATIENCE_S
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            watch.lock_waited("file", time.monotonic() - asked)
            return
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up_at:
                raise
            time.sleep(0.005)
