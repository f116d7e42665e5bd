"""Outcomes of matches, and the coefficients learnt from them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)
_WORD = sa.String(32)


def upgrade() -> None:
    _outcomes()
    _coefficients()


def _outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("match_id", sa.Uuid, sa.ForeignKey("matches.id"), nullable=False),
        sa.Column("side", _WORD, nullable=False),
        sa.Column("outcome", _WORD, nullable=False),
        sa.Column("reason", _WORD),
        sa.Column("reason_text", sa.Text),
        sa.Column("reported_at", _MOMENT, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("demand_version", sa.Integer, nullable=False),
        sa.Column("profile_id", sa.Uuid, nullable=False),
        sa.Column("profile_version", sa.Integer, nullable=False),
        sa.Column("fit", sa.Integer, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("propensity", sa.Float, nullable=False),
        sa.Column("has_one_language", sa.Boolean, nullable=False),
        sa.Column("features", JSONB, nullable=False),
        sa.Column("ranking_id", sa.Uuid, nullable=False),
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("ranker_version", sa.Text, nullable=False),
    )
    op.create_index("ix_outcomes_match_id_reported_at", "outcomes", ["match_id", "reported_at", "id"])


def _coefficients() -> None:
    op.create_table(
        "coefficients",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    )
    op.create_index(
        "uq_coefficients_active",
        "coefficients",
        ["is_active"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
