"""Sign-ins that were ended by signing out.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_sign_ins",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("ended_at", core.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_ended_sign_ins")),
    )
    op.create_index(op.f("ix_ended_sign_ins_ended_at"), "ended_sign_ins", ["ended_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_ended_sign_ins_ended_at"), table_name="ended_sign_ins")
    op.drop_table("ended_sign_ins")
