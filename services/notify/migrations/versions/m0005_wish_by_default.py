"""A wish of its own for each subscription that a release without wishes stores, so that it works on beside this one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.alter_column("subscriptions", "wish", server_default=sa.text("gen_random_uuid()::text"))
