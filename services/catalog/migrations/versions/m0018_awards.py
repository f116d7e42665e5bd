"""Awards on challenges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def upgrade() -> None:
    op.create_table(
        "awards",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in OWNER),
        sa.Column("state", WORD, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("indicators", JSONB, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("solver_scheme", "solver_code", "solver_name")),
        sa.Column("results", JSONB),
        sa.Column("state_reason", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_awards"),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name="fk_awards_owner_scheme_owner_code"
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name="fk_awards_demand_id"),
    )
    op.create_index("ix_awards_created_at", "awards", ["created_at", "id"])
    op.create_index("ix_awards_demand_id", "awards", ["demand_id"])
