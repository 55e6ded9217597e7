"""What displays say they showed and said, ratings, invitations, the history of how an office is set up, facts of visits.

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
    _with_default("offices", sa.Column("plan_mark", sa.String(), nullable=False, server_default=""))
    _with_default("counters", sa.Column("retired", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("counters") as table:
        table.create_check_constraint(op.f("ck_counters_retired"), "NOT retired OR (state = 'closed' AND NOT planned)")
    with op.batch_alter_table("offices") as table:
        table.add_column(sa.Column("notice_until", UtcDateTime(timezone=True), nullable=True))
    op.create_index("ix_tickets_office_id_state_at", "tickets", ["office_id", "state_at"])
    undecided = sa.text("state IN ('waiting', 'called', 'serving', 'held', 'missed')")
    op.create_index(
        "ix_tickets_undecided", "tickets", ["office_id", "on", "state"], sqlite_where=undecided, postgresql_where=undecided
    )
    _screens()
    _ratings()
    _invitations()
    _office_changes()
    _facts()


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
    op.create_index("ix_ratings_on", "ratings", ["on"])
    op.create_index("ix_appointments_on", "appointments", ["on"])


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


def _facts() -> None:
    op.create_table(
        "fact_marks",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("through_n", sa.Integer(), nullable=False),
        sa.Column("next_id", sa.Integer(), nullable=False),
        sa.Column("until_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_fact_marks_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_fact_marks")),
    )
    op.create_table(
        "visit_facts",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("served_hour", sa.Integer(), nullable=True),
        sa.Column("waited_s", sa.Integer(), nullable=True),
        sa.Column("served_s", sa.Integer(), nullable=True),
        sa.Column("booked", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.Column("on_time_limit_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("error_s", sa.Integer(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["counter_id"], ["counters.id"], name=op.f("fk_visit_facts_counter_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_visit_facts_office_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_visit_facts_service_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_visit_facts_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_visit_facts_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "part", name=op.f("pk_visit_facts")),
    )
    op.create_index("ix_visit_facts_office_id_on", "visit_facts", ["office_id", "on"])
    op.create_index("ix_visit_facts_on", "visit_facts", ["on"])


def downgrade() -> None:
    op.drop_index("ix_appointments_on", "appointments")
    op.drop_index("ix_tickets_undecided", "tickets")
    op.drop_index("ix_tickets_office_id_state_at", "tickets")
    for table_name in (
        "visit_facts", "fact_marks", "office_changes", "invitations", "ratings", "calls_heard", "device_reports",
    ):
        op.drop_table(table_name)
    with op.batch_alter_table("offices") as table:
        table.drop_column("notice_until")
        table.drop_column("technician")
        table.drop_column("plan_mark")
        table.drop_column("guidance")
    with op.batch_alter_table("counters") as table:
        table.drop_constraint(op.f("ck_counters_retired"), type_="check")
        table.drop_column("retired")
    with op.batch_alter_table("devices") as table:
        table.drop_column("options")
