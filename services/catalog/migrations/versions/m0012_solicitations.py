"""Solicitations with those who evaluate, solutions with their versions, and scores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def upgrade() -> None:
    _create_solicitations()
    _create_solutions()
    op.create_table(
        "scores",
        sa.Column("solution_id", sa.Uuid, nullable=False),
        sa.Column("evaluator_id", sa.Uuid, nullable=False),
        sa.Column("points", JSONB, nullable=False),
        sa.Column("points_sum", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("scored_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("solution_id", "evaluator_id", name="pk_scores"),
        sa.ForeignKeyConstraint(["solution_id"], ["solutions.id"], name="fk_scores_solution_id"),
        sa.ForeignKeyConstraint(["evaluator_id"], ["evaluators.id"], name="fk_scores_evaluator_id"),
    )


def _create_solicitations() -> None:
    op.create_table(
        "solicitations",
        *_noun("solicitations"),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("demand_version", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("clauses", JSONB, nullable=False),
        sa.Column("criteria", JSONB, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("decide_by", MOMENT, nullable=False),
        sa.Column("remind_days", sa.Integer, nullable=False),
        sa.Column("scores_needed", sa.Integer, nullable=False),
        sa.Column("scores_shown", WORD, nullable=False),
        sa.Column("solutions_count", sa.Integer),
        sa.Column("state_reason", sa.Text),
        sa.Column("result", JSONB),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name="fk_solicitations_demand_id"),
    )
    op.create_index("ix_solicitations_created_at", "solicitations", ["created_at", "id"])
    stands = sa.text("state <> 'cancelled'")
    op.create_index("uq_solicitations_demand_id", "solicitations", ["demand_id"], unique=True, postgresql_where=stands)
    op.create_table(
        "evaluators",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("solicitation_id", sa.Uuid, nullable=False),
        sa.Column("scheme", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("clearance", WORD, nullable=False),
        sa.Column("declaration", JSONB),
        sa.Column("declared_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_evaluators"),
        sa.ForeignKeyConstraint(["solicitation_id"], ["solicitations.id"], name="fk_evaluators_solicitation_id"),
        sa.UniqueConstraint(
            "solicitation_id", "scheme", "code", "subject", name="uq_evaluators_solicitation_id_scheme_code_subject"
        ),
    )


def _create_solutions() -> None:
    op.create_table(
        "solutions",
        *_noun("solutions"),
        sa.Column("solicitation_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("responses", JSONB, nullable=False),
        sa.Column("trl", sa.Integer, nullable=False),
        sa.Column("members", JSONB, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("price_fen", sa.BigInteger),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("decline_code", WORD),
        sa.Column("decline_reason", sa.Text),
        sa.ForeignKeyConstraint(["solicitation_id"], ["solicitations.id"], name="fk_solutions_solicitation_id"),
    )
    op.create_index("ix_solutions_solicitation_id", "solutions", ["solicitation_id", "created_at", "id"])
    op.create_index(
        "uq_solutions_solicitation_id_owner",
        "solutions",
        ["solicitation_id", *OWNER],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "solution_versions",
        sa.Column("solution_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("solution_id", "version", name="pk_solution_versions"),
        sa.ForeignKeyConstraint(["solution_id"], ["solutions.id"], name="fk_solution_versions_solution_id"),
    )


def _noun(table: str) -> list[sa.schema.SchemaItem]:
    """What both have: versions, an owner and a state."""
    return [
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
    ]
