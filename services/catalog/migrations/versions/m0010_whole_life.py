"""What the whole life of a demand needs: who submitted it, why it stands as it does, what it was merged into."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("demands", sa.Column("submitted_by", sa.Text))
    op.add_column("demands", sa.Column("state_reason", sa.Text))
    op.add_column("demands", sa.Column("review_comments", JSONB))
    op.add_column("demands", sa.Column("merged_into", sa.Uuid))
    op.add_column("demands", sa.Column("copied_from", sa.Uuid))
    op.add_column("history", sa.Column("changes", JSONB))
    op.add_column("audit", sa.Column("details", JSONB))
