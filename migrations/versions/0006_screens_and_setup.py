"""What displays say they showed and said, ratings, invitations, and the history of how an office is set up.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _with_default("devices", sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
    _with_default("offices", sa.Column("guidance", sa.JSON(), nullable=False, server_default="[]"))
    _with_default("offices", sa.Column("technician", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("offices") as table:
        table.add_column(sa.Column("notice_until", UtcDateTime(timezone=True), nullable=True))
    _screens()
    _ratings()
    _invitations()
    _office_changes()


def _with_default(table_name: str, column: sa.Column[object]) -> None:
    """Add a column that old rows get the default of; the default itself stays with the program."""
    with op.batch_alter_table(table_name) as table:
        table.add_column(column)
    with op.batch_alter_table(table_name) as table:
        table.alter_column(column.name, server_default=None)


def _screens() -> None:
    op.create_table(
        "device_reports",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_device_reports_device_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_reports")),
    )
    op.create_table(
        "calls_heard",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("spoken_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.CheckConstraint("how IN ('voice', 'chime', 'none')", name=op.f("ck_calls_heard_how")),
        sa.CheckConstraint("(how = 'none') <= (spoken_at IS NULL)", name=op.f("ck_calls_heard_spoken")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_calls_heard_call_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_calls_heard_device_id")),
        sa.PrimaryKeyConstraint("call_id", "times", "device_id", name=op.f("pk_calls_heard")),
    )


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_ratings_score")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_ratings_office_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ratings_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_office_id_on"), "ratings", ["office_id", "on"])


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["staff.id"], name=op.f("fk_invitations_created_by_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitations_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_staff_id"), "invitations", ["staff_id"])


def _office_changes() -> None:
    op.create_table(
        "office_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_office_changes_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_office_changes_staff_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["office_changes.id"], name=op.f("fk_office_changes_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_changes")),
        sa.UniqueConstraint("office_id", "n", name=op.f("uq_office_changes_office_id_n")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_office_changes_undoes_id")),
    )


def downgrade() -> None:
    for table_name in ("office_changes", "invitations", "ratings", "calls_heard", "device_reports"):
        op.drop_table(table_name)
    with op.batch_alter_table("offices") as table:
        table.drop_column("notice_until")
        table.drop_column("technician")
        table.drop_column("guidance")
    with op.batch_alter_table("devices") as table:
        table.drop_column("options")
