"""A chain of digests over the acts; those of before get their places in it, too."""

from alembic import op

from common.audit.migration import create_chain

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    create_chain(op, "acts")  # type: ignore[arg-type]  # the module stands for its operations
