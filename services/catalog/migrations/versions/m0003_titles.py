"""A look-up by title, for demands that say the same."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_demands_title", "demands", ["title"], postgresql_using="hash")
