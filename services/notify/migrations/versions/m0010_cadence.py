"""When deliveries may go: digests, quiet hours, caps and reminders. A release before this one sends what it finds
pending at once, and leaves alone what is collected."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.migrations import create_deadlines

revision = "0010"
down_revision = "0009"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_deadlines(op)  # type: ignore[arg-type]  # the module stands for its operations
    op.create_table(
        "known_demands",
        sa.Column("demand_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("demand", JSONB),
        sa.Column("closes_at", _MOMENT),
        sa.Column("handled_days", sa.Integer),
        sa.Column("heard_at", _MOMENT, nullable=False),
    )
    op.add_column("subscriptions", sa.Column("cadence", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")))
    op.add_column("deliveries", sa.Column("digest_id", sa.Uuid))
    op.add_column("deliveries", sa.Column("admitted_on", sa.Date))
