"""Reads a draft back to its owner: the clauses in it, how tailored it is, and which open demands say the same."""

from collections.abc import Sequence
from uuid import UUID

from common.auth import Principal
from common.clock import new_id
from common.contracts.catalog import CLAUSE_LABELS_ZH, Clause, DemandSnapshot, DemandState
from common.errors import NotFound
from matcher.demands import repository
from matcher.demands.schemas import (
    AdviceOut,
    DraftIn,
    FoundClauseOut,
    ReviewOut,
    SpecificityOut,
    TwinOut,
    TwinsOut,
)
from matcher.engine import clauses, duplicates, specificity
from matcher.matching import finding
from matcher.matching.desk import Desk, Seat
from matcher.matching.judging import ReadDemand
from matcher.matching.ranking import demand_probe
from matcher.matching.reading import snapshot_of
from matcher.matching.retrieval import worth_scoring
from matcher.profiles.rules import language_of
from matcher.vectors import views
from matcher.vectors.repository import DemandFilters

MOST_TWINS = 10


async def review(desk: Desk, caller: Principal, draft: DraftIn) -> ReviewOut:
    """Raises Unavailable when too many ask at once."""
    snapshot = _as_published(draft, caller)
    found = await desk.run(clauses.split, draft.need)
    stated = draft.clauses or tuple(one.clause for one in found)
    return ReviewOut(
        clauses_found=tuple(
            FoundClauseOut(clause=one.clause, kind_label=CLAUSE_LABELS_ZH[one.clause.kind], span=one.span)
            for one in found
        ),
        specificity=_assessed(snapshot, stated),
        twins=await _twins(desk, snapshot),
    )


async def twins(desk: Desk, demand_id: UUID) -> TwinsOut:
    """The open demands that say largely the same as a published one."""
    async with desk.database.begin() as session:
        copies = await repository.by_ids(session, [demand_id])
    if demand_id not in copies:
        raise NotFound(f"There is no published demand {demand_id}", f"没有编号为 {demand_id} 的已发布需求")
    return TwinsOut(twins=await _twins(desk, snapshot_of(copies[demand_id])))


def _as_published(draft: DraftIn, caller: Principal) -> DemandSnapshot:
    return DemandSnapshot(
        id=new_id(),
        version=1,
        state=DemandState.DRAFT,
        owner=caller.organisation,
        owner_name=caller.organisation_name,
        **{name: getattr(draft, name) for name in DraftIn.model_fields},
    )


def _assessed(snapshot: DemandSnapshot, stated: Sequence[Clause]) -> SpecificityOut:
    found = specificity.assess(
        specificity.Demand(
            _words(snapshot),
            stated,
            has_budget=snapshot.budget_max_fen is not None,
            has_period=snapshot.closes_at is not None,
        )
    )
    return SpecificityOut(
        score=found.score,
        level=found.level,
        level_label=specificity.LEVEL_LABELS_ZH[found.level],
        advice=tuple(AdviceOut(code=code, **specificity.ADVICE[code]) for code in found.advice),
    )


async def _twins(desk: Desk, snapshot: DemandSnapshot) -> tuple[TwinOut, ...]:
    seat = await desk.seat()
    seat.encoder.refuse_overload()
    others = await _candidates(desk, seat, await _read(seat, snapshot))
    return await desk.run(_alike, snapshot, others)


async def _read(seat: Seat, snapshot: DemandSnapshot) -> ReadDemand:
    rows = await seat.encoder.encode(views.demand_texts(snapshot).asked, is_urgent=True)
    language = language_of([snapshot.title, snapshot.need])
    return ReadDemand(snapshot, views.demand_view(snapshot, language, (rows[0], rows[1]), rows[2:]))


async def _candidates(desk: Desk, seat: Seat, demand: ReadDemand) -> list[ReadDemand]:
    filters = DemandFilters(kind=demand.snapshot.kind)
    near = await worth_scoring(desk.database, seat.model_id, demand_probe(demand), filters, desk.settings)
    async with desk.database.begin() as session:
        found = await finding.demands(session, desk, seat.model_id, near)
    return await desk.run(desk.demands.filled, found)


def _alike(snapshot: DemandSnapshot, others: Sequence[ReadDemand]) -> tuple[TwinOut, ...]:
    """Most alike first; equal ones in the order of ids."""
    words = _words(snapshot)
    found = [
        (duplicates.likeness(words, _words(other.snapshot)), other.snapshot)
        for other in others
        if other.id != snapshot.id
    ]
    alike = sorted((pair for pair in found if pair[0] >= duplicates.TWIN_FROM), key=lambda pair: (-pair[0], pair[1].id))
    return tuple(_twin(words, twin, likeness) for likeness, twin in alike[:MOST_TWINS])


def _twin(words: str, twin: DemandSnapshot, likeness: int) -> TwinOut:
    return TwinOut(
        demand_id=twin.id,
        title=twin.title,
        owner=twin.owner,
        owner_name=twin.owner_name,
        division=twin.division,
        published_at=twin.published_at,
        likeness=likeness,
        shared=tuple(duplicates.shared(words, _words(twin))),
    )


def _words(snapshot: DemandSnapshot) -> str:
    return "\n".join((snapshot.title, snapshot.need, *(clause.text for clause in snapshot.clauses)))
