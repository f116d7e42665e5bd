"""The request a job goes back to."""

import sqlalchemy as sa
from alembic import op

revision = "m0003"
down_revision = "m0002"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("correlation_id", sa.Text))
