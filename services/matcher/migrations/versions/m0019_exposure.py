"""What profiles say of their organisations, for the report of exposure."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("profiles", sa.Column("ownership", sa.String(32)))
    op.add_column("profiles", sa.Column("size_class", sa.String(32)))
