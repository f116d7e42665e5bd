"""Demands with their public history, organisations, and the tables every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from common.migrations import create_common_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)


def upgrade() -> None:
    create_common_tables(op)  # type: ignore[arg-type]  # alembic.op proxies an Operations object
    _create_organisations()
    _create_demands()
    _create_versions()


def _create_organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("scheme", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("division", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("scheme", "code", name="uq_organisations_scheme_code"),
    )
    op.create_index("ix_organisations_created_at_id", "organisations", ["created_at", "id"])


def _create_demands() -> None:
    owner = ["owner_scheme", "owner_code"]
    op.create_table(
        "demands",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", WORD, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in owner),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("need", sa.Text, nullable=False),
        sa.Column("clauses", postgresql.JSONB, nullable=False),
        sa.Column("domain", WORD, nullable=False),
        sa.Column("tracks", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("division", sa.Text),
        sa.Column("budget_min_fen", sa.BigInteger),
        sa.Column("budget_max_fen", sa.BigInteger),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("opens_at", MOMENT),
        sa.Column("closes_at", MOMENT),
        sa.Column("procurement_route", WORD),
        sa.Column("docking", sa.Text),
        sa.Column("policies", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("contact", postgresql.JSONB),
        sa.Column("published_at", MOMENT),
        sa.Column("amendment_reason", sa.Text),
        sa.Column("withdrawal_reason", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("search", postgresql.TSVECTOR, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_demands"),
        sa.ForeignKeyConstraint(
            owner, ["organisations.scheme", "organisations.code"], name="fk_demands_owner_scheme_owner_code"
        ),
    )
    is_public, is_open = sa.text("published_at IS NOT NULL"), sa.text("state = 'published'")
    op.create_index("ix_demands_public", "demands", ["published_at", "id"], postgresql_where=is_public)
    op.create_index("ix_demands_own", "demands", [*owner, "created_at", "id"])
    op.create_index("ix_demands_due", "demands", ["closes_at"], postgresql_where=is_open)
    op.create_index("ix_demands_search", "demands", ["search"], postgresql_using="gin")
    # With the default of 100 a rare word looks common to the planner, which then reads every demand by date:
    # 270 ms instead of 8 ms among 100,000.
    op.execute("ALTER TABLE demands ALTER COLUMN search SET STATISTICS 1000")


def _create_versions() -> None:
    op.create_table(
        "demand_versions",
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("change", WORD, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("snapshot", postgresql.JSONB, nullable=False),
        sa.PrimaryKeyConstraint("demand_id", "version", name="pk_demand_versions"),
        sa.UniqueConstraint("id", name="uq_demand_versions_id"),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name="fk_demand_versions_demand_id"),
    )
