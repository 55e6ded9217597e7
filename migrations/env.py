"""Alembic's entry: the tables of every room, on the database that `core.migrate` names."""

import importlib

from alembic import context
from sqlalchemy import event

from core.database import Base, make_engine

for module in ("core.idempotency", "office.models", "queueing.models", "booking.models", "printer.models", "notices.models",
               "reports.models"):
    importlib.import_module(module)  # for their tables: `make migration` compares all of them

engine = make_engine(context.config.attributes["database_url"])
is_sqlite = engine.dialect.name == "sqlite"
if is_sqlite:
    # SQLite changes a table by making it anew: rows that point at it must not stop the old one from being dropped. It can only be
    # said outside of a transaction, so what points nowhere afterwards is looked for before commit.
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA foreign_keys=OFF"))
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if is_sqlite else []
    if lost:
        raise RuntimeError(f"the migration would leave rows that point nowhere: {lost[:5]}")
engine.dispose()
