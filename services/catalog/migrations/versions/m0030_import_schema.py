"""Rows of imports tell by which schema they were checked; releases without it check them when they commit them."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("imports", sa.Column("schema_digest", sa.Text))
