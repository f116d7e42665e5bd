"""The policies that a demand names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("demands", sa.Column("policy_ids", sa.ARRAY(sa.Uuid), server_default="{}", nullable=False))
    op.add_column("demands", sa.Column("linked_policies", JSONB, server_default="[]", nullable=False))
