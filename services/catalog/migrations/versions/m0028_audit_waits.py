"""Audit entries wait for their place in the chain whichever release writes them."""

from alembic import op

from common.audit.migration import have_entries_wait

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    have_entries_wait(op, "audit")  # type: ignore[arg-type]  # the module stands for its operations
