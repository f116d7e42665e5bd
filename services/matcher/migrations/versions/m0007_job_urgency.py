"""Jobs know whether somebody waits for them; releases without the column queue everything as urgent."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("urgency", sa.SmallInteger, nullable=False, server_default=sa.text("0")))
    op.create_index("ix_jobs_kind_urgency_ready_at", "jobs", ["kind", "urgency", sa.text("ready_at DESC")])
