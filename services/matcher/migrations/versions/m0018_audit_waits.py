"""Acts wait for their place in the chain whichever release writes them."""

from alembic import op

from common.audit.migration import have_entries_wait

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    have_entries_wait(op, "acts")  # type: ignore[arg-type]  # the module stands for its operations
