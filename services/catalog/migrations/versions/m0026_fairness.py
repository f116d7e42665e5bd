"""Who wrote a demand, and why a passage of it may stand though a rule of fair competition speaks against it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

WORD = sa.String(32)


def upgrade() -> None:
    op.add_column("demands", sa.Column("written_by", sa.Text))
    op.create_table(
        "fairness_justifications",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("rule", WORD, nullable=False),
        sa.Column("passage", sa.Text, nullable=False),
        sa.Column("justification", sa.Text, nullable=False),
        sa.Column("party", WORD, nullable=False),
        sa.Column("actor_scheme", sa.Text, nullable=False),
        sa.Column("actor_code", sa.Text, nullable=False),
        sa.Column("actor_name", sa.Text, nullable=False),
        sa.Column("justified_by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fairness_justifications"),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name="fk_fairness_justifications_demand_id"),
    )
    op.create_index("ix_fairness_justifications_demand_id", "fairness_justifications", ["demand_id", "at", "id"])
