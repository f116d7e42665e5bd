"""What demands and profiles are found by when others repeat them; upkeep fills it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("subject_id", sa.Uuid, primary_key=True),
        sa.Column("marks", ARRAY(sa.Integer), nullable=False),
    )
    op.create_index(
        "ix_fingerprints_marks",
        "fingerprints",
        ["marks"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
