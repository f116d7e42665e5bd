"""SQL of probing: sample vectors, and searches that use no index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, func, select, tablesample
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from matcher.engine.embedding import Vector
from matcher.vectors.codec import from_halfvec
from matcher.vectors.models import DemandEmbedding, ProfileEmbedding

SAMPLED_PERCENT = 0.1


@dataclass(frozen=True)
class Sampled:
    """Two vectors of a subject, as they are searched by, and its kind of demand or offer."""

    kind: Any
    title: Vector
    body: Vector


async def sample_demands(session: AsyncSession, model_id: str, count: int) -> list[Sampled]:
    """Up to `count` open demands with vectors, from random pages of a large table, any of a small one."""
    table = aliased(DemandEmbedding, tablesample(DemandEmbedding, func.system(SAMPLED_PERCENT)))
    for one in (table, DemandEmbedding):
        rows = select(one.kind, *_sent(one.title, one.body)).where(one.is_open, one.model_id == model_id)
        if found := (await session.execute(rows.limit(count))).all():
            break
    return _sampled(found)


async def sample_profiles(session: AsyncSession, model_id: str, count: int) -> list[Sampled]:
    """The same of active profiles."""
    table = aliased(ProfileEmbedding, tablesample(ProfileEmbedding, func.system(SAMPLED_PERCENT)))
    for one in (table, ProfileEmbedding):
        rows = select(one.offer_kind, *_sent(one.headline, one.body)).where(one.is_active, one.model_id == model_id)
        if found := (await session.execute(rows.limit(count))).all():
            break
    return _sampled(found)


def _sent(*faces: Any) -> list[ColumnElement[bytes]]:
    return [func.halfvec_send(face, type_=LargeBinary) for face in faces]


def _sampled(rows: Sequence[Any]) -> list[Sampled]:
    return [Sampled(kind, from_halfvec(title), from_halfvec(body)) for kind, title, body in rows]


async def search_exactly(session: AsyncSession, *, within_s: float) -> None:
    """Have the searches of this transaction read every vector."""
    await session.execute(
        select(
            func.set_config("enable_indexscan", "off", True),
            func.set_config("enable_sort", "on", True),
            func.set_config("enable_seqscan", "on", True),
            func.set_config("statement_timeout", str(int(within_s * 1000)), True),
        )
    )
