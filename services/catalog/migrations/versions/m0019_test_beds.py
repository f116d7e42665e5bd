"""Signing keys, test beds, slots and seats."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint

revision = "0019"
down_revision = "0018"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def upgrade() -> None:
    _signing_keys()
    _test_beds()
    _slots()


def _noun(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in OWNER),
        sa.Column("state", WORD, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name=f"fk_{table}_owner_scheme_owner_code"
        ),
    )


def _signing_keys() -> None:
    op.create_table(
        "signing_keys",
        *_noun("signing_keys"),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("x", sa.Text, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("state_reason", sa.Text),
        sa.UniqueConstraint("key_id", name="uq_signing_keys_key_id"),
    )
    op.create_index("ix_signing_keys_owner_scheme", "signing_keys", [*OWNER, "created_at", "id"])


def _test_beds() -> None:
    op.create_table(
        "test_beds",
        *_noun("test_beds"),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("division", sa.Text, nullable=False),
        sa.Column("domain", WORD, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("measures", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("data_class", WORD, nullable=False),
        sa.UniqueConstraint("number", name="uq_test_beds_number"),
        sa.CheckConstraint("capacity > 0", name="ck_test_beds_capacity"),
    )
    op.create_index("ix_test_beds_created_at", "test_beds", ["created_at", "id"])


def _slots() -> None:
    op.create_table(
        "test_slots",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("test_bed_id", sa.Uuid, nullable=False),
        sa.Column("bed_number", sa.BigInteger, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_test_slots"),
        sa.ForeignKeyConstraint(["test_bed_id"], ["test_beds.id"], name="fk_test_slots_test_bed_id"),
        sa.UniqueConstraint("id", "capacity", name="uq_test_slots_id_capacity"),
        sa.CheckConstraint("starts_at < ends_at", name="ck_test_slots_times"),
        sa.CheckConstraint("capacity > 0", name="ck_test_slots_capacity"),
        ExcludeConstraint(
            (sa.text("int8range(bed_number, bed_number, '[]')"), "&&"),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_test_slots_during",
        ),
    )
    op.create_index("ix_test_slots_test_bed_id", "test_slots", ["test_bed_id", "starts_at", "id"])
    op.create_table(
        "slot_seats",
        sa.Column("slot_id", sa.Uuid, nullable=False),
        sa.Column("seat", sa.Integer, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("holder_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("slot_id", "seat", name="pk_slot_seats"),
        sa.ForeignKeyConstraint(
            ["slot_id", "capacity"], ["test_slots.id", "test_slots.capacity"], name="fk_slot_seats_slot_id_capacity"
        ),
        sa.CheckConstraint("seat >= 1 AND seat <= capacity", name="ck_slot_seats_seat"),
        sa.UniqueConstraint("holder_id", name="uq_slot_seats_holder_id"),
    )
