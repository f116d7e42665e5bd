"""Chat robots, e-mail and the inbox of a browser: sealed tokens, languages, places in an inbox, paces, and answers."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("endpoint", sa.Text))
    op.add_column("subscriptions", sa.Column("sealed_token", sa.Text))
    op.add_column("subscriptions", sa.Column("language", sa.Text))
    op.add_column("subscriptions", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    op.add_column("attempts", sa.Column("answer", sa.Text))
    op.add_column("deliveries", sa.Column("place", sa.BigInteger))
    op.execute("CREATE SEQUENCE deliveries_place")
    op.create_table(
        "paces",
        sa.Column("endpoint", sa.Text, primary_key=True),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
    )
