"""Keeps events that a consumer could not apply."""

from alembic import op

from common.migrations import create_dead_letters

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    create_dead_letters(op)  # type: ignore[arg-type]  # the module stands for its operations
