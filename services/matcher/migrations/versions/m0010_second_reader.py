"""What a second reader is to read, has read, and has cost; releases without it leave all three tables alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "reading_jobs",
        sa.Column("match_id", sa.Uuid, sa.ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("attempt_count", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("correlation_id", sa.Text),
    )
    op.create_index("ix_reading_jobs_ready_at", "reading_jobs", ["ready_at"])
    op.create_table(
        "reader_days",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("request_count", sa.BigInteger, nullable=False),
        sa.Column("token_count", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("ranking_id", sa.Uuid, sa.ForeignKey("rankings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("match_id", sa.Uuid, sa.ForeignKey("matches.id", ondelete="CASCADE"), nullable=False),
        sa.Column("demand_version", sa.Integer, nullable=False),
        sa.Column("profile_version", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("token_count", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_readings_ranking_id", "readings", ["ranking_id"])
    op.create_index("ix_readings_match_id", "readings", ["match_id"])
