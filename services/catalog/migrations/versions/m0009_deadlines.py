"""What is due when; demands that are open now are put among it by the worker, as those of the release before are."""

from alembic import op

from common.migrations import create_deadlines

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_deadlines(op)  # type: ignore[arg-type]  # the module stands for its operations
