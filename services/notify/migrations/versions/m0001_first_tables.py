"""Subscriptions, deliveries with their attempts, and the newest version of each match."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import create_common_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)


def upgrade() -> None:
    create_common_tables(op)  # type: ignore[arg-type]  # the module stands for the operations in hand
    _create_subscriptions()
    _create_deliveries()
    _create_attempts()
    op.create_table(
        "known_matches",
        sa.Column("match_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
    )


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("organisation_scheme", sa.Text, nullable=False),
        sa.Column("organisation_code", sa.Text, nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("host", sa.Text),
        sa.Column("sealed_secret", sa.Text),
        sa.Column("sealed_secret_before", sa.Text),
        sa.Column("secret_before_until", MOMENT),
        sa.Column("filters", JSONB, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("state_reason", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_index(
        "ix_subscriptions_organisation",
        "subscriptions",
        ["organisation_scheme", "organisation_code", "created_at", "id"],
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("subscription_id", sa.Uuid, nullable=False),
        sa.Column("organisation_scheme", sa.Text, nullable=False),
        sa.Column("organisation_code", sa.Text, nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("match_id", sa.Uuid, nullable=False),
        sa.Column("match_version", sa.Integer, nullable=False),
        sa.Column("match", JSONB, nullable=False),
        sa.Column("correlation_id", sa.Text),
        sa.Column("state", WORD, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("failures_count", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("leased_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.UniqueConstraint(
            "subscription_id",
            "match_id",
            "match_version",
            name="uq_deliveries_subscription_id_match_id_match_version",
        ),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "due_at", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_organisation", "deliveries", ["organisation_scheme", "organisation_code", "created_at", "id"]
    )
    op.create_index("ix_deliveries_settled_at", "deliveries", ["settled_at"])
    op.execute(
        "CREATE FUNCTION deliveries_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('deliveries', ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER deliveries_added AFTER INSERT ON deliveries "
        "FOR EACH STATEMENT EXECUTE FUNCTION deliveries_added()"
    )


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "delivery_id",
            sa.Uuid,
            sa.ForeignKey("deliveries.id", name="fk_attempts_delivery_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.Column("took_ms", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_attempts_delivery_id_at", "attempts", ["delivery_id", "at"])
