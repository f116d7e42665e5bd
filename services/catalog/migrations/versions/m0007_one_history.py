"""One table of public versions for all nouns, with places in the feed, and the audit of every step.

`demand_versions` stays as a view, for the release before: what it inserts there is a row of `history` like any other.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BREAKS_NOBODY = "a view of the same name and columns, through which rows can be inserted, takes the table's place"
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)


def upgrade() -> None:
    # Renaming and adding touch no row, however many there are.
    op.rename_table("demand_versions", "history")
    op.alter_column("history", "demand_id", new_column_name="subject_id")
    op.drop_constraint("fk_demand_versions_demand_id", "history")
    op.execute("ALTER TABLE history RENAME CONSTRAINT pk_demand_versions TO pk_history")
    op.execute("ALTER TABLE history RENAME CONSTRAINT uq_demand_versions_id TO uq_history_id")
    op.add_column("history", sa.Column("noun", WORD, nullable=False, server_default="demand"))
    op.add_column("history", sa.Column("position", sa.BigInteger))
    op.execute(
        "CREATE VIEW demand_versions AS SELECT subject_id AS demand_id, version, id, change, reason, changed_at, "
        "snapshot FROM history WHERE noun = 'demand'"
    )
    op.create_index("ix_history_position", "history", ["position"], unique=True)
    is_unplaced = sa.text("position IS NULL")
    op.create_index("ix_history_unplaced", "history", ["changed_at", "version"], postgresql_where=is_unplaced)
    _create_audit()


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("noun", WORD, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("action", WORD, nullable=False),
        sa.Column("before", WORD),
        sa.Column("after", WORD, nullable=False),
        sa.Column("party", WORD, nullable=False),
        sa.Column("actor_scheme", sa.Text),
        sa.Column("actor_code", sa.Text),
        sa.Column("actor_name", sa.Text),
        sa.Column("actor_subject", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject_id", "audit", ["subject_id", "at", "id"])
    op.create_index("ix_audit_at", "audit", ["at", "id"])
