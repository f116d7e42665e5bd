"""Data offers."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(32)
OWNER = ["owner_scheme", "owner_code"]
REQUIRED = (*OWNER, "holder_scheme", "holder_code", "holder_name", "title", "purpose")


def upgrade() -> None:
    op.create_table(
        "data_offers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", WORD, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in REQUIRED),
        sa.Column("demand_id", sa.Uuid),
        sa.Column("test_bed_id", sa.Uuid),
        sa.Column("data_class", WORD, nullable=False),
        sa.Column("access", sa.Text),
        sa.Column("expires_at", MOMENT),
        sa.Column("state_reason", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_offers"),
        sa.ForeignKeyConstraint(["demand_id"], ["demands.id"], name="fk_data_offers_demand_id"),
        sa.ForeignKeyConstraint(["test_bed_id"], ["test_beds.id"], name="fk_data_offers_test_bed_id"),
        sa.ForeignKeyConstraint(
            OWNER, ["organisations.scheme", "organisations.code"], name="fk_data_offers_owner_scheme_owner_code"
        ),
        sa.CheckConstraint("(demand_id IS NULL) <> (test_bed_id IS NULL)", name="ck_data_offers_about"),
    )
    op.create_index("ix_data_offers_created_at", "data_offers", ["created_at", "id"])
