"""Dockings know when the last of the times offered in them begins; NULL until the next look at one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("dockings", sa.Column("slots_until", sa.DateTime(timezone=True)))
