"""Questions about demands, and files that belong to them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def upgrade() -> None:
    op.create_table(
        "questions",
        *_noun("questions"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("dismissal_reason", sa.Text),
        sa.Column("answered_at", MOMENT),
    )
    op.create_index("ix_questions_demand_id", "questions", ["demand_id", "created_at", "id"])
    op.create_table(
        "attachments",
        *_noun("attachments"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("place", sa.Text),
        sa.UniqueConstraint("demand_id", "name", name="uq_attachments_demand_id_name"),
    )


def _noun(table: str) -> list[sa.schema.SchemaItem]:
    """What both have: versions, an owner, a demand and a state."""
    return [
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in OWNER),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name=f"fk_{table}_owner_scheme_owner_code"
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name=f"fk_{table}_demand_id"),
    ]
