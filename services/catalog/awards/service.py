"""What setters, solvers, the government and the clock do with awards."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.awards import repository, rules
from catalog.awards.filters import AwardFilters
from catalog.awards.models import Award
from catalog.awards.rules import AwardAction, AwardParty
from catalog.awards.schemas import AwardAcceptance, AwardContent, AwardDelivery, AwardOut
from catalog.demands import service as demands
from catalog.organisations import service as organisations
from catalog.records.changing import Changing
from catalog.records.records import Records
from common import deadlines
from common.auth import Principal
from common.deadlines import Handler
from common.fields import OrganisationKey
from common.pagination import PageRequest

EXPIRE = "award.expire"
"""A kind of deadline."""


def _parties(award: Award, caller: Principal) -> Collection[AwardParty]:
    mine = caller.organisation
    return rules.parties(caller.roles, is_setter=award.owner_key == mine, is_solver=award.solver == mine)


def _text(award: Award) -> dict[str, Any]:
    return public(award).model_dump(mode="json")


def _audience(award: Award) -> Iterable[OrganisationKey]:
    return () if award.solver is None else (award.solver,)


AWARDS = Records(Award, rules.LIFE, _parties, _text, _audience, frozenset({AwardParty.CANDIDATE}))


def public(award: Award) -> AwardOut:
    """What everyone reads of it."""
    shown = AwardOut.model_validate(award)
    return shown if award.state in rules.SETTLED else shown.model_copy(update={"results": None})


def shown_to(award: Award, visitor: Principal | None) -> AwardOut:
    """What somebody reads of it: setter and solver the results too."""
    if visitor is not None and visitor.organisation in (award.owner_key, award.solver):
        return AwardOut.model_validate(award)
    return public(award)


async def set_(changing: Changing, content: AwardContent) -> Award:
    """An award on a published challenge of the caller's."""
    demand = await demands.own(changing.session, changing.caller, content.demand_id)
    rules.refuse_demand(demand.kind, demand.state)
    rules.refuse_passed(content.due_at, changing.at)
    fields = content.model_dump(exclude={"indicators"})
    indicators = [each.model_dump() for each in content.indicators]
    award = await AWARDS.begin(changing, AwardParty.SETTER, **fields, indicators=indicators)
    await _keep_deadline(changing.session, award)
    return award


async def take(changing: Changing, award_id: UUID, action: str, reason: str | None) -> Award:
    """A step that changes nothing but who solves it; of two who claim at once one is told that it is claimed."""
    async with AWARDS.step(changing, award_id, action, reason) as award:
        award.state_reason = reason
        if action == AwardAction.CLAIM:
            rules.refuse_late(award.due_at, changing.at)
            await _give_to(changing, award)
        elif action == AwardAction.RELEASE:
            award.solver_scheme = award.solver_code = award.solver_name = None
    await _keep_deadline(changing.session, award)
    return award


async def _give_to(changing: Changing, award: Award) -> None:
    solver = await organisations.of_caller(changing.session, changing.caller, changing.at)
    award.solver_scheme, award.solver_code, award.solver_name = solver.scheme, solver.code, solver.name


async def deliver(changing: Changing, award_id: UUID, delivery: AwardDelivery) -> Award:
    """What the solver says was reached; from now on the deadline is kept."""
    async with AWARDS.step(changing, award_id, AwardAction.DELIVER) as award:
        rules.refuse_late(award.due_at, changing.at)
        rules.refuse_uncovered(delivery.results, len(award.indicators), "results")
        award.results = [each.model_dump() for each in delivery.results]
    await _keep_deadline(changing.session, award)
    return award


async def accept(changing: Changing, award_id: UUID, acceptance: AwardAcceptance) -> Award:
    """Every indicator was met, says who set the award."""
    async with AWARDS.step(changing, award_id, AwardAction.ACCEPT) as award:
        rules.refuse_uncovered(acceptance.judgements, len(award.indicators), "judgements")
        rules.refuse_unmet(acceptance.judgements)
        award.state_reason = None
    return award


async def page(session: AsyncSession, wanted: PageRequest, filters: AwardFilters) -> Sequence[Award]:
    return await AWARDS.page(session, wanted, *repository.listed(filters))


async def _keep_deadline(session: AsyncSession, award: Award) -> None:
    await deadlines.put(session, EXPIRE, award.id, award.due_at if award.state in rules.RUNNING else None)


async def expire_due(session: AsyncSession, award_id: UUID, at: datetime) -> None:
    """End an award that nobody delivered by `at`, if that is how it stands."""
    await AWARDS.strike(session, award_id, AwardAction.EXPIRE, AwardParty.CLOCK, at)


DUE: dict[str, Handler] = {EXPIRE: expire_due}
"""What the clock does for awards."""
