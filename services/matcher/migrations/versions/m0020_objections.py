"""Objections; releases without them leave the table alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0020"
down_revision = "0019"

_MOMENT = sa.DateTime(timezone=True)
_WORD = sa.String(32)


def upgrade() -> None:
    texts = ("statement", "objector_scheme", "objector_code", "objector_name")
    op.create_table(
        "objections",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("subject", _WORD, nullable=False),
        sa.Column("demand_id", sa.Uuid, nullable=False),
        sa.Column("list_id", sa.Uuid),
        sa.Column("ranking_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("digests", ARRAY(sa.Text), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("filed_at", _MOMENT, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("decision", sa.Text),
        sa.Column("ended_at", _MOMENT),
        sa.Column("state_from", _MOMENT, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("is_provisional", sa.Boolean, nullable=False),
        sa.Column("counted_to", sa.Integer, nullable=False),
    )
    op.create_index("ix_objections_filed_at", "objections", ["filed_at", "id"])
    op.create_index("ix_objections_demand", "objections", ["demand_id", "filed_at", "id"])
    op.create_index("ix_objections_state", "objections", ["state", "filed_at", "id"])
    op.create_index("ix_objections_ranking_ids", "objections", ["ranking_ids"], postgresql_using="gin")
    objector = ["objector_scheme", "objector_code"]
    op.create_index("ix_objections_objector", "objections", [*objector, "filed_at", "id"])
    is_open = sa.text("state IN ('filed', 'accepted', 'answered')")
    same = [*objector, "subject", "demand_id"]
    op.create_index("uq_objections_open", "objections", same, unique=True, postgresql_where=is_open)
    is_provisional = sa.text("is_provisional")
    op.create_index("ix_objections_provisional", "objections", ["counted_to"], postgresql_where=is_provisional)
