"""Where a profile's firm is, beside its vectors: a demand may be limited to some places."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("profile_embeddings", sa.Column("division", sa.Text))
    op.execute(
        "UPDATE profile_embeddings SET division = profiles.division FROM profiles"
        " WHERE profiles.id = profile_id AND profiles.division IS NOT NULL"
    )
