"""Demonstration projects with their milestones, guarantee requests and lessons."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def _noun(name: str, *columns: sa.Column[object] | sa.CheckConstraint) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", WORD, nullable=False),
        *(sa.Column(each, sa.Text, nullable=False) for each in OWNER),
        *columns,
        *(sa.Column(each, MOMENT, nullable=False) for each in ("created_at", "updated_at")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name=f"fk_{name}_owner_scheme_owner_code"
        ),
    )
    op.create_index(f"ix_{name}_created_at", name, ["created_at", "id"])


def _texts(*names: str, nullable: bool = False) -> Sequence[sa.Column[object]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _link(table: str, name: str, target: str) -> sa.Column[object]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.Uuid, key, nullable=False)


def upgrade() -> None:
    _noun(
        "projects",
        _link("projects", "demand_id", "demands"),
        *_texts("title", "summary"),
        *_texts("lead_scheme", "lead_code", "lead_name", "state_reason", nullable=True),
        sa.Column("investment_fen", sa.BigInteger, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("completes_on", sa.Date, nullable=False),
        sa.CheckConstraint("investment_fen >= 0", name="ck_projects_investment"),
    )
    _noun(
        "milestones",
        _link("milestones", "project_id", "projects"),
        *_texts("title"),
        sa.Column("due_at", MOMENT, nullable=False),
        *_texts("report", "assessment", nullable=True),
    )
    op.create_index("ix_milestones_project_id", "milestones", ["project_id", "created_at", "id"])
    _noun(
        "guarantees",
        _link("guarantees", "project_id", "projects"),
        sa.Column("type", WORD, nullable=False),
        *_texts("title", "text"),
        *_texts("waits_for_scheme", "waits_for_code", "waits_for_name", "state_reason", nullable=True),
    )
    op.create_index("ix_guarantees_project_id", "guarantees", ["project_id", "created_at", "id"])
    _noun(
        "lessons",
        _link("lessons", "project_id", "projects"),
        *_texts("title", "text"),
        sa.Column("tags", sa.ARRAY(sa.Text), nullable=False),
        *_texts("state_reason", nullable=True),
    )
    op.create_index("ix_lessons_tags", "lessons", ["tags"], postgresql_using="gin")
