"""An index of the policies that demands name."""

from alembic import op

from common.migrations import create_index_beside_writers

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        of = "demands USING gin (policy_ids)"
        create_index_beside_writers(op, "ix_demands_policy_ids", of)  # type: ignore[arg-type]  # as the module
