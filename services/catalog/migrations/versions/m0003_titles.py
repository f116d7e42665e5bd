"""A look-up by title, for demands that say the same."""

from alembic import op

from common.migrations import create_index_beside_writers

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        of = "demands USING hash (title)"
        create_index_beside_writers(op, "ix_demands_title", of)  # type: ignore[arg-type]  # as the module
