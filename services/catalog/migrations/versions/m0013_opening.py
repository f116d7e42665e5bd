"""An index for finding published demands that are still to open and have no deadline for it."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_demands_opening")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_demands_opening ON demands (opens_at)"
            " WHERE state = 'published' AND opens_at IS NOT NULL"
        )
