"""Which organisations were recorded, rather than noted because they did something that may be private."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("organisations", sa.Column("recorded_at", sa.DateTime(timezone=True)))
    # Whom nobody recorded was noted as of kind `other`, without a division.
    op.execute("UPDATE organisations SET recorded_at = created_at WHERE kind <> 'other' OR division IS NOT NULL")
