"""Capacity by groups of counters, visits over several slots, holds, the waiting list, the call list, marks of phones.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING_LIVE = "state IN ('waiting', 'offered')"
LIVE_BEFORE = "state = 'booked'"
LIVE = "state = 'booked' AND erased_at IS NULL"
KEPT = "erased_at IS NULL"
PHONE_LIMITS = {"uq_appointments_phone_on_nth": "nth", "uq_appointments_phone_on_field": "field"}


def upgrade() -> None:
    _counters_and_tickets()
    _holds()
    _slots()
    _waiting_and_calls()
    _phones()
    _erasing()


def _counters_and_tickets() -> None:
    with op.batch_alter_table("counters") as table:
        table.add_column(sa.Column("planned", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("counters") as table:
        table.alter_column("planned", server_default=None)
    with op.batch_alter_table("services") as table:
        table.add_column(sa.Column("places", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_services_places"), "places >= 0")
    with op.batch_alter_table("tickets") as table:
        table.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE tickets SET minutes = COALESCE("
        "(SELECT minutes FROM appointments WHERE appointments.id = tickets.appointment_id), "
        "(SELECT minutes FROM services WHERE services.id = tickets.service_id))"
    )
    with op.batch_alter_table("tickets") as table:
        table.alter_column("minutes", nullable=False)
        table.create_check_constraint(op.f("ck_tickets_people"), "people >= 1 AND minutes >= 1")


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("services", sa.String(), nullable=False),
        sa.Column("starts_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('typing', 'offer', 'resting')", name=op.f("ck_holds_kind")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_holds_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("token", name=op.f("uq_holds_token")),
    )
    op.create_index("ix_holds_holder_expires_at", "holds", ["holder", "expires_at"])
    op.create_index("ix_holds_address_expires_at", "holds", ["address", "expires_at"])
    op.create_index("ix_holds_expires_at", "holds", ["expires_at"])


def _slots() -> None:
    """One row a slot instead of one a pool. Their pools are counted anew when a slot is next locked."""
    op.create_table(
        "slot_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("services", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_slot_uses_minutes")),
        sa.CheckConstraint("(appointment_id IS NULL) <> (hold_id IS NULL)", name=op.f("ck_slot_uses_owner")),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_slot_uses_slot_id")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_slot_uses_appointment_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_slot_uses_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_uses")),
        sa.UniqueConstraint("slot_id", "appointment_id", name=op.f("uq_slot_uses_slot_id_appointment_id")),
        sa.UniqueConstraint("slot_id", "hold_id", name=op.f("uq_slot_uses_slot_id_hold_id")),
    )
    op.create_index("ix_slot_uses_appointment_id", "slot_uses", ["appointment_id"])
    op.create_index("ix_slot_uses_hold_id", "slot_uses", ["hold_id"])
    # Of several pools of one beginning the lowest row stays.
    op.execute(
        "INSERT INTO slot_uses (slot_id, appointment_id, services, minutes, first) "
        "SELECT (SELECT MIN(kept.id) FROM slots AS kept WHERE kept.office_id = own.office_id AND kept.starts_at = own.starts_at), "
        "appointments.id, CAST(appointments.service_id AS VARCHAR), appointments.minutes, true "
        "FROM appointments JOIN slots AS own ON own.id = appointments.slot_id WHERE appointments.state = 'booked'"
    )
    with op.batch_alter_table("appointments") as table:
        table.drop_constraint(op.f("fk_appointments_slot_id"), type_="foreignkey")
        table.drop_column("slot_id")
        table.add_column(sa.Column("device", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("moved_from_at", UtcDateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("erased_at", UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("appointments") as table:
        table.alter_column("device", server_default=None)
    op.execute(
        "DELETE FROM slots WHERE id NOT IN (SELECT lowest FROM (SELECT MIN(id) AS lowest FROM slots GROUP BY office_id, starts_at) AS kept)"
    )
    with op.batch_alter_table("slots") as table:
        table.drop_constraint(op.f("uq_slots_office_id_starts_at_pool"), type_="unique")
        table.drop_constraint(op.f("ck_slots_capacity"), type_="check")
        table.drop_column("pool")
        table.drop_column("capacity")
        table.drop_column("booked")
        table.create_unique_constraint(op.f("uq_slots_office_id_starts_at"), ["office_id", "starts_at"])
    op.create_table(
        "slot_pools",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.CheckConstraint("booked >= 0 AND booked <= capacity", name=op.f("ck_slot_pools_capacity")),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_slot_pools_slot_id")),
        sa.PrimaryKeyConstraint("slot_id", "pool", name=op.f("pk_slot_pools")),
    )


def _waiting_and_calls() -> None:
    op.create_table(
        "waiting_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("offered_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("consent_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("erased_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'offered', 'accepted', 'left')", name=op.f("ck_waiting_entries_state")),
        sa.CheckConstraint("(state = 'offered') = (hold_id IS NOT NULL)", name=op.f("ck_waiting_entries_offer")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_waiting_entries_office_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_waiting_entries_service_id")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_waiting_entries_appointment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entries")),
        sa.UniqueConstraint("token", name=op.f("uq_waiting_entries_token")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_waiting_entries_hold_id")),
    )
    op.create_index(
        "uq_waiting_entries_office_id_on_phone",
        "waiting_entries",
        ["office_id", "on", "phone"],
        unique=True,
        sqlite_where=sa.text(WAITING_LIVE),
        postgresql_where=sa.text(WAITING_LIVE),
    )
    op.create_index("ix_waiting_entries_on_state", "waiting_entries", ["on", "state"])
    op.create_table(
        "call_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("listed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("called_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_call_list_office_id")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_call_list_appointment_id")),
        sa.ForeignKeyConstraint(["called_by"], ["staff.id"], name=op.f("fk_call_list_called_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_list")),
        sa.UniqueConstraint("appointment_id", "starts_at", name=op.f("uq_call_list_appointment_id_starts_at")),
    )
    op.create_index("ix_call_list_office_id", "call_list", ["office_id"])


def _phones() -> None:
    op.create_table(
        "phone_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.String(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("marked_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_phone_marks_appointment_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_phone_marks_office_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_phone_marks_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_marks")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_phone_marks_appointment_id")),
    )
    op.create_index("ix_phone_marks_phone_hash", "phone_marks", ["phone_hash"])
    op.create_table(
        "phone_codes",
        sa.Column("phone_hash", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tries_left >= 0", name=op.f("ck_phone_codes_tries")),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_phone_codes")),
    )


def _erasing() -> None:
    """Bookings without a phone are all of one "phone": the limits count live ones with their data only."""
    _phone_limits(LIVE)
    for table in ("appointments", "waiting_entries"):
        op.create_index(f"ix_{table}_kept", table, ["on"], sqlite_where=sa.text(KEPT), postgresql_where=sa.text(KEPT))
    _message_states("'queued', 'sent', 'failed', 'erasing'")


def _not_erasing() -> None:
    """Deleted data stay deleted: bookings without a phone count as cancelled, messages that were being erased are gone."""
    op.execute("UPDATE appointments SET state = 'cancelled' WHERE erased_at IS NOT NULL")
    op.execute("DELETE FROM messages WHERE state = 'erasing'")
    for table in ("appointments", "waiting_entries"):
        op.drop_index(f"ix_{table}_kept", table)
    _phone_limits(LIVE_BEFORE)
    _message_states("'queued', 'sent', 'failed'")


def _phone_limits(live: str) -> None:
    for name, column in PHONE_LIMITS.items():
        op.drop_index(name, "appointments")
        op.create_index(
            name, "appointments", ["phone", "on", column], unique=True, sqlite_where=sa.text(live), postgresql_where=sa.text(live)
        )


def _message_states(states: str) -> None:
    with op.batch_alter_table("messages") as messages:
        messages.drop_constraint(op.f("ck_messages_state"), type_="check")
        messages.create_check_constraint(op.f("ck_messages_state"), f"state IN ({states})")


def downgrade() -> None:
    _not_erasing()
    for table in ("phone_codes", "phone_marks", "call_list", "waiting_entries", "slot_pools"):
        op.drop_table(table)
    with op.batch_alter_table("slots") as slots:
        slots.drop_constraint(op.f("uq_slots_office_id_starts_at"), type_="unique")
        slots.add_column(sa.Column("pool", sa.String(), nullable=False, server_default="p0"))
        slots.add_column(sa.Column("capacity", sa.Integer(), nullable=False, server_default="0"))
        slots.add_column(sa.Column("booked", sa.Integer(), nullable=False, server_default="0"))
        slots.create_unique_constraint(op.f("uq_slots_office_id_starts_at_pool"), ["office_id", "starts_at", "pool"])
    op.execute("UPDATE slots SET booked = (SELECT COALESCE(SUM(minutes), 0) FROM slot_uses WHERE slot_id = slots.id AND hold_id IS NULL)")
    op.execute("UPDATE slots SET capacity = booked")
    with op.batch_alter_table("slots") as slots:
        for column in ("pool", "capacity", "booked"):
            slots.alter_column(column, server_default=None)
        slots.create_check_constraint(op.f("ck_slots_capacity"), "booked >= 0 AND booked <= capacity")
    with op.batch_alter_table("appointments") as appointments:
        appointments.add_column(sa.Column("slot_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE appointments SET slot_id = COALESCE("
        "(SELECT MIN(slot_id) FROM slot_uses WHERE appointment_id = appointments.id AND first), (SELECT MIN(id) FROM slots))"
    )
    # A cancelled booking of an office whose slots are all gone has nothing to point at.
    op.execute("DELETE FROM appointments WHERE slot_id IS NULL")
    with op.batch_alter_table("appointments") as appointments:
        appointments.alter_column("slot_id", nullable=False)
        appointments.create_foreign_key(op.f("fk_appointments_slot_id"), "slots", ["slot_id"], ["id"])
        for column in ("device", "moved_from_at", "erased_at"):
            appointments.drop_column(column)
    op.drop_table("slot_uses")
    op.drop_table("holds")
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_constraint(op.f("ck_tickets_people"), type_="check")
        tickets.drop_column("minutes")
    with op.batch_alter_table("services") as services:
        services.drop_constraint(op.f("ck_services_places"), type_="check")
        services.drop_column("places")
    with op.batch_alter_table("counters") as counters:
        counters.drop_column("planned")
