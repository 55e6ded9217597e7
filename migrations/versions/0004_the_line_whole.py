"""Procedures one after another, slips for the next day, stops, silent consoles, promises, the day's end and its log.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NOT_LIFTED = "lifted_at IS NULL"
STATES = "'waiting', 'called', 'serving', 'held', 'missed', 'done', 'cancelled', 'expired'"


def upgrade() -> None:
    with op.batch_alter_table("counters") as table:
        table.add_column(sa.Column("back_at", UtcDateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("seen_at", UtcDateTime(timezone=True), nullable=True))
        table.create_check_constraint(op.f("ck_counters_back"), "back_at IS NULL OR state = 'paused'")
    _with_default("staff", sa.Column("may_pick", sa.Boolean(), nullable=False, server_default=sa.true()))
    _with_default("tickets", sa.Column("further", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("tickets") as table:
        table.add_column(sa.Column("carried_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("carried_from_id", sa.Integer(), nullable=True))
        table.create_unique_constraint(op.f("uq_tickets_carried_from_id"), ["carried_from_id"])
        table.create_foreign_key(op.f("fk_tickets_carried_from_id"), "tickets", ["carried_from_id"], ["id"])
        table.create_check_constraint(op.f("ck_tickets_outcome"), "state <> 'done' OR outcome IS NOT NULL")
    with op.batch_alter_table("ticket_intervals") as table:
        table.create_check_constraint(op.f("ck_ticket_intervals_state"), f"state IN ({STATES})")
        table.create_check_constraint(op.f("ck_ticket_intervals_order"), "to_at >= from_at")
    _stops()
    _promises()
    _day_and_log()


def _with_default(table_name: str, column: sa.Column[object]) -> None:
    """Add a column that old rows get the default of; the default itself stays with the program."""
    with op.batch_alter_table(table_name) as table:
        table.add_column(column)
    with op.batch_alter_table(table_name) as table:
        table.alter_column(column.name, server_default=None)


def _stops() -> None:
    op.create_table(
        "stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("from_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_stops_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_stops_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stops")),
    )
    op.create_index("ix_stops_office_id_on", "stops", ["office_id", "on"])
    op.create_index(
        "uq_stops_one_at_a_time",
        "stops",
        ["office_id", "on", "field"],
        unique=True,
        sqlite_where=sa.text(NOT_LIFTED),
        postgresql_where=sa.text(NOT_LIFTED),
    )


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("median", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= low AND low <= median AND median <= high", name=op.f("ck_promises_range")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_promises_office_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_promises_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_promises")),
    )
    op.create_index("ix_promises_office_id_on", "promises", ["office_id", "on"])


def _day_and_log() -> None:
    op.create_table(
        "day_closings",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("log_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_day_closings_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_day_closings_staff_id")),
        sa.PrimaryKeyConstraint("office_id", "on", name=op.f("pk_day_closings")),
    )
    op.create_table(
        "carry_quotas",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= places", name=op.f("ck_carry_quotas_places")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_carry_quotas_office_id")),
        sa.PrimaryKeyConstraint("office_id", "on", name=op.f("pk_carry_quotas")),
    )
    op.create_table(
        "line_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_line_log_office_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_line_log_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_log")),
        sa.UniqueConstraint("office_id", "n", name=op.f("uq_line_log_office_id_n")),
    )
    op.create_index("ix_line_log_office_id_on", "line_log", ["office_id", "on"])


def downgrade() -> None:
    for table_name in ("line_log", "carry_quotas", "day_closings", "promises", "stops"):
        op.drop_table(table_name)
    with op.batch_alter_table("ticket_intervals") as table:
        table.drop_constraint(op.f("ck_ticket_intervals_order"), type_="check")
        table.drop_constraint(op.f("ck_ticket_intervals_state"), type_="check")
    with op.batch_alter_table("tickets") as table:
        table.drop_constraint(op.f("ck_tickets_outcome"), type_="check")
        table.drop_constraint(op.f("fk_tickets_carried_from_id"), type_="foreignkey")
        table.drop_constraint(op.f("uq_tickets_carried_from_id"), type_="unique")
        for name in ("carried_from_id", "carried_on", "further"):
            table.drop_column(name)
    with op.batch_alter_table("staff") as table:
        table.drop_column("may_pick")
    with op.batch_alter_table("counters") as table:
        table.drop_constraint(op.f("ck_counters_back"), type_="check")
        table.drop_column("seen_at")
        table.drop_column("back_at")
