"""What the actions are compared with: a server that does nothing, one insert, or so many statements in one transaction.

`python -m core.server bench.bare_views:create_app`: the product's own runner, engine, session and durability, and nothing else
of the product.
"""

from __future__ import annotations

from types import SimpleNamespace

from flask import Flask, Response, request
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, insert, select, update

from core.config import load_config
from core.database import Database

ROWS = 1000
_tables = MetaData()
THINGS, MORE = (
    Table(name, _tables, Column("id", Integer, primary_key=True), Column("name", String), Column("version", Integer))
    for name in ("bare_things", "bare_more")
)
_READ = select(THINGS).where(THINGS.c.id == bindparam("thing"))
_WRITE = update(THINGS).where(THINGS.c.id == bindparam("thing")).values(version=THINGS.c.version + 1)
_INSERT, _ONE = insert(THINGS), insert(MORE)


def create_app() -> Flask:
    """Three views: `/healthz`, `/insert`, `/statements?reads=&writes=&first=`."""
    database = Database(load_config().database_url)
    with database.transaction() as session:
        _tables.create_all(session.connection())
        if session.execute(_READ, {"thing": 1}).first() is None:
            rows = [{"id": number, "name": f"thing {number}", "version": 0} for number in range(1, ROWS + 1)]
            session.execute(_INSERT, rows)
    app = Flask("bare", static_folder=None)

    @app.get("/healthz")
    def hello() -> Response:
        return Response('{"status": "ok"}', mimetype="application/json")

    @app.post("/insert")
    def one_insert() -> Response:
        with database.transaction() as session:
            session.execute(_ONE, {"name": "one more", "version": 0})
        return Response('{"status": "ok"}', mimetype="application/json")

    @app.post("/statements")
    def statements() -> Response:
        """Rows that lie apart, so that two transactions at once do not wait for each other's."""
        reads, writes, first = (int(request.args[name]) for name in ("reads", "writes", "first"))
        with database.transaction() as session:
            for number in range(reads):
                session.execute(_READ, {"thing": (first + number) % ROWS + 1}).all()
            for number in range(writes):
                session.execute(_WRITE, {"thing": (first * 40 + number) % ROWS + 1})
        return Response('{"status": "ok"}', mimetype="application/json")

    _suit_the_runner(app, database)
    return app


def _suit_the_runner(app: Flask, database: Database) -> None:
    """What the runner looks after in the product: here there is nothing to look after."""
    nothing = SimpleNamespace(logged=lambda *_told: None, loop_delayed=lambda _s: None, sample=lambda *_told: None)
    app.extensions.update(
        {
            "metrics": nothing,
            "painter": lambda _factory: None,
            "background": lambda _stop: None,
            "realtime": SimpleNamespace(sockets=dict, feeds={}),
            "socketio": SimpleNamespace(server=SimpleNamespace(manager=SimpleNamespace(rooms={}))),
            "dung-gio": SimpleNamespace(database=database, background=[], housekeeping=[]),
        }
    )
