"""What catalog says of validations, on the profiles that they are evidence of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    known = sa.Column("heard_validations", JSONB, server_default=sa.text("'{}'"), nullable=False)
    op.add_column("profiles", known)
