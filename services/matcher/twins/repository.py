"""SQL of fingerprints: kept with the change they follow from, and looked up by what two of them share."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from matcher.search import repository as search
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.demands.rules import SHOWN
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.models import Profile
from matcher.twins.models import Fingerprint

LEAST_SHARE = 0.05
"""Of the shorter list of marks: twins seldom share less than a tenth; of 10,866 unrelated pairs 5 share so much."""
FEW_MARKS = 16
"""From so many on, one of each half must be shared, which the index sees to: very many texts share one run, few two."""

Marks = Mapping[UUID, Sequence[int]]


async def keep(session: AsyncSession, kind: SubjectKind, marks: Marks) -> None:
    """Write the subjects' fingerprints in place of older ones."""
    if marks:
        rows = [{"kind": kind, "subject_id": one, "marks": list(marks[one])} for one in sorted(marks)]
        fresh = insert(Fingerprint).values(rows)
        keys = ["kind", "subject_id"]
        await session.execute(fresh.on_conflict_do_update(index_elements=keys, set_={"marks": fresh.excluded.marks}))


async def forget(session: AsyncSession, kind: SubjectKind, subject_id: UUID) -> None:
    """Have a subject repeat nothing any more."""
    await session.execute(delete(Fingerprint).where(Fingerprint.kind == kind, Fingerprint.subject_id == subject_id))


# The inner query is planned for all its rows: with the limit in sight the planner would rather read the whole table.
_ALIKE = text("""
WITH asked AS (
    SELECT (CAST(:ids AS uuid[]))[place] AS id, array_agg(mark) AS marks,
        CASE WHEN count(*) < :few THEN array_agg(mark) ELSE array_agg(mark) FILTER (WHERE mark % 2 = 0) END AS even,
        CASE WHEN count(*) < :few THEN array_agg(mark) ELSE array_agg(mark) FILTER (WHERE mark % 2 <> 0) END AS odd
    FROM unnest(CAST(:places AS int[]), CAST(:marks AS int[])) AS one (place, mark) GROUP BY place
)
SELECT asked.id, found.subject_id FROM asked, LATERAL (
    WITH met AS MATERIALIZED (
        SELECT subject_id, marks FROM fingerprints
        WHERE kind = :kind AND marks && asked.even AND marks && asked.odd AND subject_id <> asked.id
    ), counted AS MATERIALIZED (
        SELECT subject_id, least(cardinality(marks), cardinality(asked.marks)) AS fewest,
            (SELECT count(*) FROM unnest(few.marks) AS one (mark) WHERE mark = ANY(asked.marks)) AS together
        FROM (SELECT * FROM met LIMIT :read) AS few
    )
    SELECT subject_id, together FROM counted WHERE together >= :share * fewest
    ORDER BY together DESC, subject_id LIMIT :most
) AS found ORDER BY asked.id, found.together DESC, found.subject_id
""")


async def alike(session: AsyncSession, kind: SubjectKind, asked: Marks, *, limit: int) -> dict[UUID, list[UUID]]:
    """For each of `asked`, in one round trip, the others of a kind that share most of its marks, at most `limit`."""
    ids = sorted(one for one, marks in asked.items() if marks)
    if not ids:
        return {}
    words = {one: [str(mark) for mark in asked[one]] for one in ids}
    rows = await search.rows_by_word(session, Fingerprint.marks, {word for of in words.values() for word in of})
    pairs = [(at, int(word)) for at, one in enumerate(ids, 1) for word in search.telling(words[one], rows)]
    places, marks = zip(*pairs, strict=True)
    found: dict[UUID, list[UUID]] = {}
    bound = {"ids": ids, "places": places, "marks": marks, "kind": kind, "most": limit}
    bound |= {"few": FEW_MARKS, "read": max(search.MOST_WORDED // len(ids), 100), "share": LEAST_SHARE}
    for one, other in await session.execute(_ALIKE, bound):
        found.setdefault(one, []).append(other)
    return found


async def without(session: AsyncSession, kind: SubjectKind, *, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Those who should have a fingerprint and have none, by id; none of them can change before the transaction ends.

    One that is changing just now is passed over: its fingerprint comes with the change.
    """
    subject: type[DemandCopy] | type[Profile] = DemandCopy if kind is SubjectKind.DEMAND else Profile
    shown = DemandCopy.state.in_(SHOWN) if kind is SubjectKind.DEMAND else Profile.is_matched
    has_one = exists().where(Fingerprint.kind == kind, Fingerprint.subject_id == subject.id)
    ids = select(subject.id).where(shown, ~has_one)
    if after is not None:
        ids = ids.where(subject.id > after)
    held = ids.order_by(subject.id).limit(limit).with_for_update(read=True, skip_locked=True, of=subject)
    return (await session.scalars(held)).all()
