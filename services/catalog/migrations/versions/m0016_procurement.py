"""Procurement records, and the rules that shares are computed by."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def _noun(table: str, *columns: Any) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in OWNER),
        sa.Column("state", WORD, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name=f"fk_{table}_owner_scheme_owner_code"
        ),
    )
    op.create_index(f"ix_{table}_created_at", table, ["created_at", "id"])


def upgrade() -> None:
    _noun(
        "procurement_records",
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("category", WORD, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("contract_number", sa.Text),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("supplier", JSONB, nullable=False),
        sa.Column("traits", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("demand_id", sa.Uuid),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name="fk_procurement_records_demand_id"),
    )
    op.create_index("ix_procurement_records_period", "procurement_records", ["period", *OWNER])
    _noun(
        "share_rules",
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("categories", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("numerator", JSONB, nullable=False),
        sa.Column("denominator", JSONB, nullable=False),
        sa.Column("valid_from", sa.Text, nullable=False),
        sa.Column("valid_until", sa.Text),
    )
