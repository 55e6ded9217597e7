"""More kinds of printers, print agents, and a printer that prints for another.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = "'file', 'network', 'usb', 'serial', 'cups', 'win32raw', 'agent'"
KINDS_BEFORE = "'file', 'network'"


def upgrade() -> None:
    with op.batch_alter_table("printers") as table:
        table.add_column(sa.Column("fallback_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("agent_seen_at", UtcDateTime(timezone=True), nullable=True))
        table.create_foreign_key(op.f("fk_printers_fallback_id"), "printers", ["fallback_id"], ["id"])
        table.create_check_constraint(op.f("ck_printers_fallback"), "fallback_id <> id")
        table.drop_constraint(op.f("ck_printers_kind"), type_="check")
        table.create_check_constraint(op.f("ck_printers_kind"), f"kind IN ({KINDS})")
    with op.batch_alter_table("print_jobs") as table:
        table.add_column(sa.Column("moved_from_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_print_jobs_moved_from_id"), "printers", ["moved_from_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("print_jobs") as table:
        table.drop_constraint(op.f("fk_print_jobs_moved_from_id"), type_="foreignkey")
        table.drop_column("moved_from_id")
    # The version before knows no such printers: they rest as file printers until somebody sets them up again.
    op.execute(f"UPDATE printers SET kind = 'file', address = '', active = false WHERE kind NOT IN ({KINDS_BEFORE})")
    with op.batch_alter_table("printers") as table:
        table.drop_constraint(op.f("ck_printers_kind"), type_="check")
        table.create_check_constraint(op.f("ck_printers_kind"), f"kind IN ({KINDS_BEFORE})")
        table.drop_constraint(op.f("ck_printers_fallback"), type_="check")
        table.drop_constraint(op.f("fk_printers_fallback_id"), type_="foreignkey")
        table.drop_column("agent_seen_at")
        table.drop_column("fallback_id")
