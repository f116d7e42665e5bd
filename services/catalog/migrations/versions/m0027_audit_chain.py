"""A chain of digests over the audit entries; those of before get their places in it, too."""

from alembic import op

from common.audit.migration import create_chain

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    create_chain(op, "audit")  # type: ignore[arg-type]  # the module stands for its operations
