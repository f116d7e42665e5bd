"""Whoever was told of everything there was is told of objections, too."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("""
        UPDATE subscriptions SET filters = filters - 'topics'
        WHERE filters -> 'topics' @> '["match", "interest", "docking", "demand", "solicitation", "mandate", "step"]'
    """)
