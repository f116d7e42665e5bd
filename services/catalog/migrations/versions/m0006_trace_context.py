"""The span in which an event was recorded."""

from alembic import op

from common.migrations import add_trace_context

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    add_trace_context(op)  # type: ignore[arg-type]  # the module stands for its operations
