"""An index by which the report of exposure finds rankings, built while these are written."""

from alembic import op

from common.migrations import create_index_beside_writers

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        of = "rankings (created_at) WHERE subject_kind = 'demand'"
        create_index_beside_writers(op, "ix_rankings_demands", of)  # type: ignore[arg-type]  # as the module
