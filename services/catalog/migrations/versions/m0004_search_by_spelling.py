"""The search index again, with traditional characters as simplified ones and names in one word (OPCUA, RS485)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from common.search.tokens import index_tokens

revision = "0004"
down_revision = "0003"

BATCH = 500
DEMANDS = sa.table(
    "demands",
    sa.column("id", sa.Uuid),
    sa.column("title", sa.Text),
    sa.column("need", sa.Text),
    sa.column("clauses", JSONB),
    sa.column("search", TSVECTOR),
)


def upgrade() -> None:
    last = sa.literal("00000000-0000-0000-0000-000000000000", sa.Uuid)
    while rows := _batch(last):
        for row in rows:
            texts = (row.title, row.need, *(clause["text"] for clause in row.clauses))
            search = sa.func.array_to_tsvector(sa.cast(index_tokens(texts), ARRAY(sa.Text)))
            op.execute(sa.update(DEMANDS).where(DEMANDS.c.id == row.id).values(search=search))
        last = rows[-1].id


def _batch(after: object) -> list[sa.Row[tuple[object, ...]]]:
    columns = (DEMANDS.c.id, DEMANDS.c.title, DEMANDS.c.need, DEMANDS.c.clauses)
    wanted = sa.select(*columns).where(DEMANDS.c.id > after).order_by(DEMANDS.c.id).limit(BATCH)
    return list(op.get_bind().execute(wanted))
