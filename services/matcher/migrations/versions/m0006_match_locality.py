"""The places a matched demand is limited to, with the reason, for those who are told of the match."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("matches", sa.Column("locality", JSONB))
    op.execute(
        "UPDATE matches SET locality = demands.snapshot -> 'locality' FROM demands"
        " WHERE demands.id = demand_id AND demands.version = demand_version"
        " AND jsonb_typeof(demands.snapshot -> 'locality') = 'object'"
    )
