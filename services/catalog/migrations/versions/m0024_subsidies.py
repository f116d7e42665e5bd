"""Subsidy schemes, and the claims on them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def _columns(table: str) -> tuple[Any, ...]:
    """What every noun's table has."""
    owner = sa.ForeignKeyConstraint(
        OWNER, ["organisations.scheme", "organisations.code"], name=f"fk_{table}_owner_scheme_owner_code"
    )
    return (
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in OWNER),
        sa.Column("state", WORD, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        owner,
    )


def upgrade() -> None:
    op.create_table(
        "subsidy_schemes",
        *_columns("subsidy_schemes"),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("policy_id", sa.Uuid),
        sa.Column("rate_basis_points", sa.Integer, nullable=False),
        sa.Column("cap_claim_fen", sa.BigInteger, nullable=False),
        sa.Column("cap_total_fen", sa.BigInteger, nullable=False),
        sa.Column("notice_days", sa.Integer, nullable=False),
        sa.Column("needs_validation", sa.Boolean, nullable=False),
        sa.Column("handlers", JSONB, nullable=False),
        sa.Column("division", sa.Text),
        sa.Column("opens_at", MOMENT),
        sa.Column("closes_at", MOMENT),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name="fk_subsidy_schemes_policy_id"),
    )
    op.create_table(
        "subsidy_claims",
        *_columns("subsidy_claims"),
        sa.Column("scheme_id", sa.Uuid, nullable=False),
        sa.Column("solution_id", sa.Uuid, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("validation_id", sa.Uuid),
        sa.Column("cost_fen", sa.BigInteger, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("evidence", JSONB, nullable=False),
        sa.Column("account", JSONB),
        sa.Column("filed_by", sa.Text, nullable=False),
        sa.Column("verified_by", sa.Text),
        sa.Column("notice_ends_at", MOMENT),
        sa.Column("state_reason", sa.Text),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{table}.id"], name=f"fk_subsidy_claims_{name}_id")
            for name, table in (
                ("scheme", "subsidy_schemes"),
                ("solution", "solutions"),
                ("demand", "demands"),
                ("validation", "validations"),
            )
        ),
    )
    op.create_index("ix_subsidy_schemes_created_at", "subsidy_schemes", ["created_at", "id"])
    op.create_index("ix_subsidy_claims_created_at", "subsidy_claims", ["created_at", "id"])
    op.create_index(
        "uq_subsidy_claims_scheme_id_solution_id",
        "subsidy_claims",
        ["scheme_id", "solution_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('refused', 'withdrawn')"),
    )
