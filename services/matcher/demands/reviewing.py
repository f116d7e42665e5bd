"""Reads a draft back to its owner: the clauses in it, how tailored it is, and which demands said the same before."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.clock import new_id
from common.contracts.catalog import DemandSnapshot
from common.contracts.clauses import CLAUSE_LABELS_ZH, Clause
from common.contracts.words import DemandState
from common.errors import NotFound
from matcher.demands.schemas import (
    AdviceOut,
    DraftIn,
    FoundClauseOut,
    ReviewOut,
    SpecificityOut,
    TwinOut,
    TwinsOut,
)
from matcher.engine.clauses import specificity, split
from matcher.matching.context import Desk
from matcher.subjects.demands import repository, rules
from matcher.subjects.demands.models import DemandCopy
from matcher.twins import lookup
from matcher.twins.lookup import Twin


async def review(desk: Desk, session: AsyncSession, caller: Principal, draft: DraftIn, at: datetime) -> ReviewOut:
    snapshot = _as_published(draft, caller)
    found = await desk.run(split.split, draft.need)
    stated = draft.clauses or tuple(one.clause for one in found)
    return ReviewOut(
        clauses_found=tuple(
            FoundClauseOut(clause=one.clause, kind_label=CLAUSE_LABELS_ZH[one.clause.kind], span=one.span)
            for one in found
        ),
        specificity=await desk.run(_assessed, snapshot, stated),
        twins=await _twins(session, snapshot, at),
    )


async def twins(session: AsyncSession, demand_id: UUID, at: datetime) -> TwinsOut:
    """The demands, open or closed, that say largely the same as one of them."""
    demand = (await repository.by_ids(session, [demand_id])).get(demand_id)
    if demand is None or demand.state not in rules.SHOWN:
        raise NotFound(f"There is no published demand {demand_id}", f"没有编号为 {demand_id} 的已发布需求")
    return TwinsOut(twins=await _twins(session, demand.read(), at))


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
        specificity.Draft(
            lookup.words_of_demand(snapshot),
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


async def _twins(session: AsyncSession, snapshot: DemandSnapshot, at: datetime) -> tuple[TwinOut, ...]:
    texts = {snapshot.id: lookup.words_of_demand(snapshot)}
    found = await lookup.compared(await lookup.near(session, lookup.DEMANDS, texts))
    return tuple(_twin(one, at) for one in found[snapshot.id])


def _twin(found: Twin[DemandCopy], at: datetime) -> TwinOut:
    twin = found.row.read()
    return TwinOut(
        demand_id=twin.id,
        kind=twin.kind,
        state=rules.state_at(twin.state, twin.closes_at, at),
        title=twin.title,
        owner=twin.owner,
        owner_name=twin.owner_name,
        division=twin.division,
        published_at=twin.published_at,
        closes_at=twin.closes_at,
        likeness=found.likeness,
        shared=found.shared,
    )
