"""Files of profiles, and the reports of what was read in them."""

from alembic import op

from common.migrations import create_imports

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    create_imports(op)  # type: ignore[arg-type]  # the module stands for its operations
