"""The spans in which an event was recorded and a delivery made."""

import sqlalchemy as sa
from alembic import op

from common.migrations import add_trace_context

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    add_trace_context(op)  # type: ignore[arg-type]  # the module stands for its operations
    op.add_column("deliveries", sa.Column("traceparent", sa.Text))
