"""The spans in which an event was recorded and a job queued."""

import sqlalchemy as sa
from alembic import op

from common.migrations import add_trace_context

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    add_trace_context(op)  # type: ignore[arg-type]  # the module stands for its operations
    op.add_column("jobs", sa.Column("traceparent", sa.Text))
