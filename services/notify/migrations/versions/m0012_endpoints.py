"""How endpoints do, whether their deliveries go in order, and which attempts there were. Webhooks that there are were
taken into use without a question, and count as verified."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("is_ordered", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("subscriptions", sa.Column("failing_since", sa.DateTime(timezone=True)))
    op.add_column("subscriptions", sa.Column("failures_count", sa.Integer, nullable=False, server_default="0"))
    op.add_column("deliveries", sa.Column("ordering_key", sa.Text))
    op.execute("UPDATE subscriptions SET confirmed_at = created_at WHERE channel = 'webhook'")
