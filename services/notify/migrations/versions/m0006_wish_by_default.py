"""A wish of its own for each subscription that a release without wishes stores, so that it works on beside this one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.alter_column("subscriptions", "wish", server_default=sa.text("gen_random_uuid()::text"))
