"""Who may read a profile beside its organisation: everyone, as before, until it says otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    visibility = sa.Column("visibility", sa.String(32), server_default=sa.text("'public'"), nullable=False)
    op.add_column("profiles", visibility)
