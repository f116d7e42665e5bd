"""Policies."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in OWNER),
        sa.Column("state", WORD, nullable=False),
        sa.Column("type", WORD, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("document_number", sa.Text),
        sa.Column("source_url", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("tracks", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policies"),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name="fk_policies_owner_scheme_owner_code"
        ),
    )
    op.create_index("ix_policies_created_at", "policies", ["created_at", "id"])
