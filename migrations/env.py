"""Alembic's entry: the tables of every room, on the database that `core.migrate` names."""

from alembic import context

import queueing.models  # noqa: F401  (imported for their tables)
from core.database import Base, make_engine

engine = make_engine(context.config.attributes["database_url"])
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
engine.dispose()
