"""Checks demands for what fair competition forbids, and records who stands for a passage that remains."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import rules as demand_rules
from catalog.demands import steps
from catalog.demands.models import Demand
from catalog.demands.rules import Actor
from catalog.demands.steps import Editing
from catalog.fairness import repository, rules
from catalog.fairness.models import FairnessJustification
from catalog.fairness.rules import CheckedClause, CheckedTexts, FairnessFinding
from catalog.fairness.schemas import FairnessOut, JustificationIn, finding_out
from catalog.history import service as history
from catalog.history.service import AnyTransition, Deed
from common.auth import Principal
from common.clock import new_id
from common.errors import Forbidden
from common.fields import OrganisationKey
from common.lifecycle import Transition
from common.rawjson import Stored

JUSTIFY = "justify"


async def found_in(texts: CheckedTexts, public: CheckedTexts | None = None) -> list[FairnessFinding]:
    """Off the event loop, as long texts take a while.

    public  what is public of the demand: it may stay as long as it is, as it may be older than the limit
    """
    return await asyncio.to_thread(rules.findings, texts, rules.limit_of(public))


def texts_of(demand: Demand) -> CheckedTexts:
    limit = demand.locality["divisions"] if demand.locality else ()
    clauses = _clauses(demand.clauses)
    return CheckedTexts(demand.title, demand.need, clauses, demand.docking, demand.policies, limit)


def texts_of_row(row: Stored) -> CheckedTexts:
    clauses, limit = json.loads(row["clauses"]), json.loads(row["locality"] or "null")
    divisions = limit["divisions"] if limit else ()
    return CheckedTexts(row["title"], row["need"], _clauses(clauses), row["docking"], row["policies"], divisions)


def _clauses(stored: Iterable[Mapping[str, Any]]) -> list[CheckedClause]:
    return [CheckedClause(one["text"], one.get("metric"), one.get("unit")) for one in stored]


async def review(texts: CheckedTexts) -> FairnessOut:
    """Of texts that belong to no demand yet."""
    return _shown(await found_in(texts), (), None)


async def read(session: AsyncSession, row: Stored, visitor: Principal | None) -> FairnessOut:
    """Of a stored demand that the visitor may see."""
    texts = texts_of_row(row)
    found = await found_in(texts, texts if row["published_at"] else None)
    shown = _shown(found, await repository.of_demand(session, row["id"]), row["written_by"])
    return shown.model_copy(update={"may_justify": visitor is not None and _may_justify(row, visitor)})


def _may_justify(row: Stored, visitor: Principal) -> bool:
    """What `justify` would find."""
    is_own = (row["owner_scheme"], row["owner_code"]) == (visitor.organisation.scheme, visitor.organisation.code)
    has_submitted = row["submitted_by"] == visitor.caller
    parties = demand_rules.parties(visitor.roles, is_own=is_own, has_submitted=has_submitted, needs_review=False)
    if is_own:
        try:
            steps.refuse_own_asker(visitor, row["kind"], parties)
        except Forbidden:
            return False
    return rules.may_justify(row["written_by"], visitor.caller, parties)


def _shown(found: Sequence[FairnessFinding], given: Sequence[FairnessJustification], writer: str | None) -> FairnessOut:
    """For who may justify nothing."""
    return FairnessOut(
        findings=tuple(finding_out(each, rules.standing(each, given, writer)) for each in found),
        is_blocked=bool(rules.unjustified(found, given, writer)),
        may_justify=False,
    )


async def refuse_unjustified(session: AsyncSession, demand: Demand, former: CheckedTexts | None = None) -> None:
    """Raises NotAllowedNow while nobody but its writer stands for a blocking finding.

    former  what was public already: what was in it is not asked about again
    """
    found = await found_in(texts_of(demand), former)
    before = {each.key for each in await found_in(former, former)} if former else set()
    asked = [each for each in found if each.is_blocking and each.key not in before]
    if asked:
        given = await repository.of_demand(session, demand.id)
        rules.refuse_unjustified(rules.unjustified(asked, given, demand.written_by))


async def justify(editing: Editing, demand_id: UUID, wanted: JustificationIn) -> FairnessOut:
    """Stand for a passage: by another person of the owner's than its writer, or by a reviewer. The audit keeps it."""
    session, caller, at = editing.session, editing.caller, editing.at
    demand, parties = await steps.sought(editing, demand_id)
    party = rules.stands_as(parties)
    rules.refuse_writer(demand.written_by, caller.caller, party)
    texts = texts_of(demand)
    found = await found_in(texts, texts if demand.published_at else None)
    rules.refuse_unfounded(wanted.rule, wanted.passage, found)
    row = {
        **wanted.model_dump(),
        "party": party,
        "actor_scheme": caller.organisation.scheme,
        "actor_code": caller.organisation.code,
        "actor_name": caller.organisation_name,
        "justified_by": caller.caller,
        "at": at,
    }
    if not await repository.replace(session, demand.id, row):
        repository.add(session, FairnessJustification(id=new_id(), demand_id=demand.id, **row))
    await session.flush()
    _record(editing, demand, party, wanted)
    shown = _shown(found, await repository.of_demand(session, demand.id), demand.written_by)
    return shown.model_copy(update={"may_justify": True})


@dataclass(frozen=True)
class _JustifiedDemand:
    """The demand as the audit names it: nothing of it changes."""

    id: UUID
    version: int
    updated_at: datetime
    owner_key: OrganisationKey


def _record(editing: Editing, demand: Demand, party: Actor, wanted: JustificationIn) -> None:
    transition: AnyTransition = Transition(JUSTIFY, demand.state, demand.state, party, editing.at)
    deed = Deed(transition, editing.caller, wanted.justification, [{"rule": wanted.rule, "passage": wanted.passage}])
    history.record(
        editing.session, steps.NOUN, _JustifiedDemand(demand.id, demand.version, editing.at, demand.owner_key), deed
    )
