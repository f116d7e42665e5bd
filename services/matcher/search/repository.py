"""SQL of searches: profiles and open demands by nearness and by words, under among."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from typing import Any, get_args
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Float,
    Select,
    bindparam,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from common.contracts.matcher import OfferKind
from common.contracts.words import DemandKind, Domain
from common.fields import Language, division_prefix, divisions_around
from matcher.engine.embedding import Vector
from matcher.vectors.models import DemandEmbedding, ProfileEmbedding
from matcher.vectors.repository import LONGEST_LEXEME

VectorTable = type[ProfileEmbedding] | type[DemandEmbedding]
MOST_SCANNED = 200_000
"""Rows an index search goes through before it gives up finding enough that pass the among: a second, at worst."""
REACH = 3000
"""Rows an index search brings before the best are chosen: the nearest are often found late, as demands lie far from
all offers."""
NARROWED_REACH = 1000
"""The same under among that no index knows: of each row that passes, many are gone through."""
MOST_WORDED = 1000
"""Rows of which a list by words is made: of a million, a common word alone would have a tenth read and ranked."""


@dataclass(frozen=True)
class Probe:
    """What a search looks near to: two vectors and some words."""

    title: Vector
    body: Vector
    lexemes: tuple[str, ...]


@dataclass(frozen=True)
class OpenDemands:
    """Only demands that are open at `at` and agree in everything that is not None."""

    at: datetime
    kind: DemandKind | None = None
    domain: Domain | None = None
    track: str | None = None
    division: str | None = None

    @property
    def reach(self) -> int:
        return NARROWED_REACH if self.domain or self.track or self.division else REACH


@dataclass(frozen=True)
class ActiveProfiles:
    """Only active profiles that offer this; with `within`, none that are known to be elsewhere than in these
    divisions."""

    offer_kind: OfferKind
    within: tuple[str, ...] = ()

    @property
    def reach(self) -> int:
        return NARROWED_REACH if self.within else REACH


Searched = ActiveProfiles | OpenDemands


async def broaden(session: AsyncSession, ef_search: int) -> None:
    """Have index searches of this transaction look far enough, and go on until there are as many rows as asked for."""
    await session.execute(
        select(
            func.set_config("hnsw.ef_search", str(ef_search), True),
            func.set_config("hnsw.iterative_scan", "relaxed_order", True),
            func.set_config("hnsw.max_scan_tuples", str(MOST_SCANNED), True),
        )
    )


async def is_crowd(session: AsyncSession, model_id: str, among: Searched, *, over: int) -> bool:
    """Whether more than `over` pass the among."""
    return bool(await session.scalar(select(_chosen(model_id, among).offset(over).limit(1).exists())))


async def everybody(session: AsyncSession, model_id: str, among: Searched) -> list[UUID]:
    """All that pass the among, in no order."""
    return list((await session.scalars(_chosen(model_id, among))).all())


class By(StrEnum):
    """What a list is ordered by: title (or headline), whole text, or words."""

    TITLE = "title"
    BODY = "body"
    WORDS = "words"


async def search(
    session: AsyncSession, model_id: str, probe: Probe, among: Searched, *, limit: int, by: Sequence[By] = tuple(By)
) -> list[list[UUID]]:
    """For each language the lists asked for, in the order of `by`, each best first."""
    table = DemandEmbedding if isinstance(among, OpenDemands) else ProfileEmbedding
    words = []
    if By.WORDS in by:
        words = telling(probe.lexemes, await rows_by_word(session, table.lexemes, probe.lexemes))
    branches = []
    for language in get_args(Language):
        chosen = _chosen(model_id, among).where(table.language == language)
        reach = max(limit, among.reach)
        branches += [_list(chosen, table, each, probe, words, reach).limit(limit).subquery() for each in by]
    # The rows of a limited subquery are numbered as they come out of it: in its order.
    numbered = [
        select(literal(at).label("list"), func.row_number().over().label("place"), branch.c[0].label("id"))
        for at, branch in enumerate(branches)
    ]
    found: list[list[UUID]] = [[] for _ in branches]
    for at, _, one in await session.execute(union_all(*numbered).order_by("list", "place")):
        found[at].append(one)
    return found


def _list(
    chosen: Select[UUID], table: VectorTable, by: By, probe: Probe, words: Sequence[str], reach: int
) -> Select[UUID]:
    if by is By.WORDS:
        return _worded(chosen, table.lexemes, words)
    if by is By.BODY:
        return _near(chosen, table.body, probe.body, reach)
    title = DemandEmbedding.title if table is DemandEmbedding else ProfileEmbedding.headline
    return _near(chosen, title, probe.title, reach)


def _chosen(model_id: str, among: Searched) -> Select[UUID]:
    if isinstance(among, ActiveProfiles):
        offers = ProfileEmbedding
        offered = select(offers.profile_id).where(
            _of_model(offers.model_id, model_id), offers.is_active, offers.offer_kind == among.offer_kind
        )
        if not among.within:
            return offered
        places = [offers.division.startswith(division_prefix(code)) for code in among.within]
        around = [wider for code in among.within for wider in divisions_around(code)]
        return offered.where(or_(offers.division.is_(None), offers.division.in_(around), *places))
    table = DemandEmbedding
    still_open = or_(table.closes_at.is_(None), table.closes_at > among.at)
    chosen = select(table.demand_id).where(_of_model(table.model_id, model_id), table.is_open, still_open)
    for name in ("kind", "domain", "division"):
        if (wanted := getattr(among, name)) is not None:
            chosen = chosen.where(getattr(table, name) == wanted)
    return chosen if among.track is None else chosen.where(table.tracks.contains([among.track]))


def _of_model(column: InstrumentedAttribute[str], model_id: str) -> ColumnElement[bool]:
    # Written into the statement: a parameter would hide from the planner that the model's own partial index fits.
    return column == bindparam(None, model_id, literal_execute=True)


def _near(chosen: Select[UUID], face: InstrumentedAttribute[object], to: Vector, reach: int) -> Select[UUID]:
    """The nearest of the first `reach` that the index brings, in their exact order."""
    dim = len(to)
    wanted = cast(bindparam(None, to, HALFVEC(dim)), HALFVEC(dim))
    distance = cast(face, HALFVEC(dim)).op("<=>", return_type=Float)(wanted).label("distance")
    some = chosen.add_columns(distance).order_by(distance).limit(reach).subquery()
    # Adding nothing keeps the planner from taking the order of the index for the exact one.
    return select(some.c[0]).order_by(some.c.distance + 0, some.c[0])


async def rows_by_word(
    session: AsyncSession, column: InstrumentedAttribute[Any], words: Collection[str]
) -> dict[str, float]:
    """About how many rows of a table hold each of the words in a column of words or numbers.

    Known from the planner's statistics, in which a word is missing while it is rare or the table new.
    """
    listed = text(
        "SELECT word, frequency * reltuples FROM pg_class JOIN pg_stats ON tablename = relname AND attname = :column,"
        " unnest(most_common_elems::text::text[], most_common_elem_freqs) AS listed (word, frequency)"
        " WHERE pg_class.oid = to_regclass(:table) AND schemaname = current_schema() AND word = ANY(:words)"
    )
    asked = {"table": column.class_.__tablename__, "column": column.key, "words": list(words)}
    return dict((await session.execute(listed, asked)).all())


def telling(words: Sequence[str], rows: Mapping[str, float]) -> list[str]:
    """The rarest of the words, about as many as MOST_WORDED rows have, at least one."""
    rarest_first = sorted(words, key=lambda word: rows.get(word, 0.0))
    sums = accumulate(rows.get(word, 0.0) for word in rarest_first)
    return rarest_first[: max(1, sum(sum_ <= MOST_WORDED for sum_ in sums))]


def _worded(chosen: Select[UUID], lexemes: InstrumentedAttribute[object], asked: Sequence[str]) -> Select[UUID]:
    if not asked:
        return chosen.where(false())
    any_of = " | ".join(f"'{word[:LONGEST_LEXEME]}'" for word in asked)
    query = cast(any_of, TSQUERY)
    matching = chosen.add_columns(lexemes.label("lexemes")).where(lexemes.op("@@", return_type=Boolean)(query))
    some = matching.limit(MOST_WORDED).subquery()
    return select(some.c[0]).order_by(func.ts_rank(some.c.lexemes, query).desc(), some.c[0])
