"""Who holds which key for the broker."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "credentials",
        sa.Column("public_key", sa.Text, primary_key=True),
        sa.Column("organisation_scheme", sa.Text, nullable=False),
        sa.Column("organisation_code", sa.Text, nullable=False),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("revoked_at", moment),
    )
    op.create_index("ix_credentials_organisation", "credentials", ["organisation_scheme", "organisation_code"])
