"""What is due when; the alarms of dockings are put among it by the worker, those of the release before too."""

from alembic import op

from common.migrations import create_deadlines

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    create_deadlines(op)  # type: ignore[arg-type]  # the module stands for its operations
