"""Whom demands concern, by the matches that stand; deliveries of news that is of no match. A release before this one
cannot send those, and leaves them to the next; it notes no concerns while it runs beside this one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "concerns",
        sa.Column("source", sa.String(32), primary_key=True),
        sa.Column("source_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("organisation_scheme", sa.Text, nullable=False),
        sa.Column("organisation_code", sa.Text, nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
    )
    op.create_index("ix_concerns_demand_id", "concerns", ["demand_id"])
    op.create_index("ix_concerns_ended_at", "concerns", ["ended_at"])
    # Of a table that nobody uses yet: it keeps nobody waiting, however long it takes.
    op.execute("""
        INSERT INTO concerns (source, source_id, version, demand_id, organisation_scheme, organisation_code, began_at)
        SELECT 'match', match_id, version, (match ->> 'demand_id')::uuid, match #>> '{profile_organisation,scheme}',
            match #>> '{profile_organisation,code}', arrived_at
        FROM known_matches WHERE match IS NOT NULL
    """)
    op.alter_column("deliveries", "match_id", nullable=True)
    # Whoever was told of everything there was is told of everything there is.
    op.execute("""
        UPDATE subscriptions SET filters = filters - 'topics'
        WHERE filters -> 'topics' @> '["match", "interest", "docking"]'
    """)
    op.create_index(
        "ix_subscriptions_all_calls", "subscriptions", ["id"], postgresql_where=sa.text("filters ->> 'calls' = 'all'")
    )
