"""Deliveries that tell of something else than a match. A release before this one cannot send them, and leaves them to
the next: none is lost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("news_type", sa.Text))
    op.add_column("deliveries", sa.Column("news", JSONB))
    op.alter_column("deliveries", "match_version", nullable=True)
    op.alter_column("deliveries", "match", nullable=True)
