"""Scenario lists with their entries, and what is put forward for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def upgrade() -> None:
    op.create_table(
        "scenario_lists",
        *_noun("scenario_lists"),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("collect_by", MOMENT),
        sa.Column("entries_count", sa.Integer, nullable=False),
        sa.Column("supersedes", sa.Uuid),
        sa.Column("superseded_by", sa.Uuid),
        sa.Column("reason", sa.Text),
        sa.Column("submitted_by", sa.Text),
        sa.Column("review_comments", JSONB),
        sa.Column("document", sa.Text),
        sa.Column("digest", sa.Text),
        sa.Column("published_at", MOMENT),
        sa.Column("withdrawn", JSONB),
        sa.ForeignKeyConstraint(["supersedes"], ["scenario_lists.id"], name="fk_scenario_lists_supersedes"),
    )
    op.create_index("ix_scenario_lists_created_at", "scenario_lists", ["created_at", "id"])
    op.create_index(
        "uq_scenario_lists_edition",
        "scenario_lists",
        [*OWNER, "year", "batch", "edition"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    _create_entries()
    _create_proposals()


def _create_entries() -> None:
    op.create_table(
        "list_entries",
        sa.Column("list_id", sa.Uuid, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("demand_version", sa.Integer, nullable=False),
        sa.Column("level", WORD),
        sa.Column("text", JSONB, nullable=False),
        sa.Column("follows", sa.Uuid),
        sa.PrimaryKeyConstraint("list_id", "demand_id", name="pk_list_entries"),
        sa.ForeignKeyConstraint(["list_id"], ["scenario_lists.id"], name="fk_list_entries_list_id"),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name="fk_list_entries_demand_id"),
    )
    op.create_index("ix_list_entries_demand_id", "list_entries", ["demand_id"])


def _create_proposals() -> None:
    op.create_table(
        "list_proposals",
        *_noun("list_proposals"),
        sa.Column("list_id", sa.Uuid, nullable=False),
        sa.Column("editor_scheme", sa.Text, nullable=False),
        sa.Column("editor_code", sa.Text, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("level", WORD),
        sa.Column("note", sa.Text),
        sa.Column("state_reason", sa.Text),
        sa.ForeignKeyConstraint(["list_id"], ["scenario_lists.id"], name="fk_list_proposals_list_id"),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name="fk_list_proposals_demand_id"),
    )
    op.create_index("ix_list_proposals_created_at", "list_proposals", ["created_at", "id"])
    op.create_index(
        "uq_list_proposals_list_id_demand_id",
        "list_proposals",
        ["list_id", "demand_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'retracted'"),
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
