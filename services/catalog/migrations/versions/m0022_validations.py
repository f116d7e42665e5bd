"""Validations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]
REQUIRED = ("demand_title", "demand_owner_scheme", "demand_owner_code", "test_bed_title", "subject")
HOST = ("host_scheme", "host_code", "host_name")
TIMES = ("slot_starts_at", "slot_ends_at", "started_at", "signed_at", "accepted_at")
TEXTS = ("report_name", "report_media_type", "report_sha256", "report_place")
SIGNED = ("result_sha256", "key_id", "signature", "state_reason")


def upgrade() -> None:
    op.create_table(
        "validations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in OWNER),
        sa.Column("state", WORD, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("demand_version", sa.Integer, nullable=False),
        sa.Column("test_bed_id", sa.Uuid, nullable=False),
        sa.Column("solution_id", sa.Uuid),
        sa.Column("profile_id", sa.Uuid),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*REQUIRED, *HOST)),
        sa.Column("measurements", JSONB, nullable=False),
        *(sa.Column(name, MOMENT) for name in TIMES),
        *(sa.Column(name, sa.Text) for name in (*TEXTS, *SIGNED)),
        sa.Column("report_size_bytes", sa.BigInteger),
        sa.Column("result", JSONB),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_validations"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_validations_{name}")
            for name, table in (("demand_id", "demands"), ("test_bed_id", "test_beds"), ("solution_id", "solutions"))
        ),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name="fk_validations_owner_scheme_owner_code"
        ),
    )
    op.create_index("ix_validations_created_at", "validations", ["created_at", "id"])
    for name in ("demand_id", "test_bed_id", "key_id"):
        op.create_index(f"ix_validations_{name}", "validations", [name])
