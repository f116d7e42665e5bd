"""What callers, and the clock, do with demands."""

import json
from collections.abc import Collection, Set
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import links, repository, rules, steps, terms
from catalog.demands.filters import DemandFilters
from catalog.demands.models import Demand
from catalog.demands.rules import Action, Actor
from catalog.demands.schemas import Amendment, DemandContent, EditsRequest, Merger
from catalog.demands.steps import Editing
from catalog.demands.terms import Bounds
from catalog.fairness import rules as fairness_rules
from catalog.fairness import service as fairness
from catalog.history import service as history
from catalog.history.service import Deed
from catalog.organisations import service as organisations
from common import tracks
from common.auth import Principal
from common.clock import new_id
from common.contracts.words import DemandState
from common.errors import FieldFault, NotAllowedNow, NotFound, Unauthenticated, invalid
from common.etags import refuse_stale
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.rawjson import Stored
from common.roles import Role
from common.sealed import vault_of
from common.tracks import Tracks

CONTENT = frozenset(DemandContent.model_fields)
"""The fields that a demand's owner writes."""
JSON_FIELDS = frozenset({"clauses", "locality", "contact"})
"""Those that a stored row holds as JSON text."""


async def draft(editing: Editing, content: DemandContent) -> Demand:
    """A new demand that only its owner sees."""
    rules.refuse_asker(content.kind, editing.caller.roles)
    terms.refuse_faulty(content, editing.bounds)
    await links.refuse_unknown(editing.session, content.policy_ids)
    return await _drafted(editing, content)


async def _drafted(editing: Editing, content: DemandContent, *, copied_from: UUID | None = None) -> Demand:
    session, caller, at = editing.session, editing.caller, editing.at
    owner = await organisations.of_caller(session, caller, at)
    demand = Demand(id=new_id(), version=1, state=rules.LIFE.initial, owner=owner, created_at=at, updated_at=at)
    demand.copied_from, demand.linked_policies = copied_from, []
    demand.written_by = caller.caller
    _write(demand, content, CONTENT, editing.bounds)
    repository.add(session, demand)
    await steps.record(session, demand, Deed(history.begun(demand, Actor.OWNER, at), caller))
    return demand


async def copy(editing: Editing, demand_id: UUID) -> Demand:
    """A new draft that says what another demand says, whatever became of that one: of the caller's own everything but
    times that have passed, of a public one not the contact either. Raises NotFound for what the caller may not see."""
    row = await read(editing.session, editing.caller, demand_id)
    if is_own(editing.caller, row):
        row = with_contact(editing.session, row)
    given = {name: json.loads(row[name]) if row[name] and name in JSON_FIELDS else row[name] for name in CONTENT}
    if not is_own(editing.caller, row):
        given["contact"] = None
    for name in ("opens_at", "closes_at"):
        given[name] = row[name] if row[name] and row[name] > editing.at else None
    # A deployment may no longer know a track of then.
    given["tracks"] = [track for track in row["tracks"] if track in editing.bounds.tracks]
    content = _content(given)
    rules.refuse_asker(content.kind, editing.caller.roles)
    return await _drafted(editing, content, copied_from=demand_id)


def _content(given: dict[str, Any]) -> DemandContent:
    """Raises NotAllowedNow for a text of before that would be refused today."""
    try:
        return DemandContent.model_validate(given)
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        raise NotAllowedNow(
            f"What it says in {field} is no longer accepted; draft a new demand instead",
            f"其 {field} 的内容已不符合现行要求，请新建需求",
        ) from None


async def titled(session: AsyncSession, caller: Principal, titles: Collection[str]) -> dict[str, list[Stored]]:
    """By title: the caller's demands that are not over, and those that are open to everyone."""
    found: dict[str, list[Stored]] = {}
    for row in await repository.titled(session, caller.organisation, titles):
        found.setdefault(row["title"], []).append(row)
    return found


async def replace(editing: Editing, demand_id: UUID, content: DemandContent, expected: int) -> Demand:
    """New content for a demand that is not public yet; a submitted one becomes a draft again."""
    demand, parties = await steps.sought(editing, demand_id)
    transition = steps.stepped(demand, Action.REPLACE, parties, editing.at)
    # The version that the caller read was the one before this step.
    refuse_stale(expected, demand.version - 1)
    rules.refuse_asker(content.kind, editing.caller.roles)
    terms.refuse_faulty(content, editing.bounds)
    await links.refuse_unknown(editing.session, content.policy_ids)
    _write(demand, content, CONTENT, editing.bounds)
    demand.written_by = editing.caller.caller
    await steps.record(editing.session, demand, Deed(transition, editing.caller))
    return demand


async def take(editing: Editing, demand_id: UUID, action: Action, reason: str | None = None) -> Demand:
    """A step that changes no content; once it is taken, taking it again changes nothing.

    reason  told to everyone who can see the demand
    """
    demand, parties = await steps.sought(editing, demand_id)
    if rules.LIFE.is_done(demand.state, action):
        return demand
    transition = steps.stepped(demand, action, parties, editing.at)
    details = None
    if action is Action.SUBMIT:
        demand.submitted_by = editing.caller.caller
        details = fairness_rules.summaries(await fairness.found_in(fairness.texts_of(demand)))
    elif action is Action.WITHDRAW:
        demand.withdrawal_reason = reason
    demand.state_reason = reason
    if transition.after is DemandState.PUBLISHED:
        await fairness.refuse_unjustified(editing.session, demand)
        await links.link(editing.session, demand, must_stand=True)
    await steps.record(editing.session, demand, Deed(transition, editing.caller, reason, details))
    return demand


async def request_edits(editing: Editing, demand_id: UUID, wanted: EditsRequest) -> Demand:
    """Send a demand back to its owner, who alone reads the comments."""
    demand, parties = await steps.sought(editing, demand_id)
    transition = steps.stepped(demand, Action.REQUEST_EDITS, parties, editing.at)
    comments = [each.model_dump(mode="json") for each in wanted.comments]
    rules.refuse_unknown_fields([each.field for each in wanted.comments], CONTENT)
    demand.review_comments = comments
    await steps.record(editing.session, demand, Deed(transition, editing.caller, wanted.reason, comments))
    return demand


async def amend(editing: Editing, demand_id: UUID, amendment: Amendment, expected: int) -> Demand:
    demand, parties = await steps.sought(editing, demand_id)
    former, former_texts = steps.text_of(demand), fairness.texts_of(demand)
    transition = steps.stepped(demand, Action.AMEND, parties, editing.at)
    refuse_stale(expected, demand.version - 1)
    given = amendment.model_fields_set - {"reason"}
    terms.refuse_empty(given)
    if "kind" in given:
        terms.refuse_other_kind(demand.kind, amendment.kind)
    await links.refuse_unknown(editing.session, amendment.policy_ids)
    _write(demand, amendment, given, editing.bounds)
    await links.link(editing.session, demand, must_stand="policy_ids" in given)
    # What stays must agree with what is new.
    terms.refuse_faulty(demand, editing.bounds)
    demand.amendment_reason, demand.written_by = amendment.reason, editing.caller.caller
    await fairness.refuse_unjustified(editing.session, demand, former_texts)
    await steps.record(editing.session, demand, Deed(transition, editing.caller, amendment.reason), former=former)
    if "contact" in given:
        steps.tell_contact(editing.session, demand)
    return demand


async def merge(editing: Editing, demand_id: UUID, merger: Merger) -> Demand:
    """Let another public demand stand for this one; whoever asks for this one is sent there."""
    # In the order of ids, whichever is merged into which: two mergers at once wait for each other, and do not block.
    for each in sorted({demand_id, merger.into}):
        await repository.locked(editing.session, each)
    demand, parties = await steps.sought(editing, demand_id)
    if demand.merged_into == merger.into:
        return demand
    target = await repository.locked(editing.session, merger.into)
    rules.refuse_target(demand.id, merger.into, target.state if target else None)
    transition = steps.stepped(demand, Action.MERGE, parties, editing.at)
    demand.merged_into, demand.state_reason = merger.into, merger.reason
    await steps.record(editing.session, demand, Deed(transition, editing.caller, merger.reason))
    return demand


async def repeated(session: AsyncSession, demand: Demand) -> UUID | None:
    """An earlier demand of the same owner that says the same; of two that come at once neither names the other."""
    return await repository.same_text(session, demand)


async def read(session: AsyncSession, visitor: Principal | None, demand_id: UUID) -> Stored:
    """The stored row. Raises NotFound for what the visitor may not see."""
    viewer = visitor.organisation if visitor else None
    is_reviewer = visitor is not None and Role.REVIEWER in visitor.roles
    return await repository.visible_demand(session, demand_id, viewer, rules.REVIEWED if is_reviewer else frozenset())


def with_contact(session: AsyncSession, row: Stored) -> Stored:
    """The stored row as its owner reads it; for all others the contact stays sealed."""
    return {**row, "contact": row["contact"] and vault_of(session).open_text(row["contact"])}


async def named(session: AsyncSession, demand_id: UUID, pointer: str = "#/demand_id") -> Stored:
    """A public demand that a request's body names. Raises InvalidInput naming the field."""
    try:
        return await read(session, None, demand_id)
    except NotFound:
        fault = FieldFault("give the id of a public demand", "请填写已公开需求的 id", pointer=pointer)
        raise invalid(fault) from None


async def page(
    session: AsyncSession, filters: DemandFilters, visitor: Principal | None, wanted: PageRequest, known: Tracks
) -> list[Stored]:
    """`known` are the tracks of this deployment: no list is of another."""
    if filters.track is not None:
        filters = filters.model_copy(update={"track": tracks.one(filters.track, known, parameter="track")})
    if (filters.mine or filters.for_review) and visitor is None:
        raise Unauthenticated("That list needs an access token", "查看该列表需要访问令牌")
    if filters.for_review and visitor is not None:
        rules.refuse_no_reviewer(visitor.roles)
    return await repository.page(session, filters, visitor.organisation if visitor else None, wanted)


async def versions(
    session: AsyncSession, visitor: Principal | None, demand_id: UUID, wanted: PageRequest
) -> list[Stored]:
    await read(session, visitor, demand_id)
    return await history.versions(session, demand_id, wanted)


async def audit(session: AsyncSession, caller: Principal, demand_id: UUID, wanted: PageRequest) -> list[Stored]:
    """Every step, for the owner, reviewers, operators and auditors, whatever its state. Raises Forbidden for others."""
    if Role.AUDITOR in caller.roles:
        await repository.visible_demand(session, demand_id, caller.organisation, frozenset(DemandState))
    else:
        rules.refuse_outsider(caller.roles, is_own=is_own(caller, await read(session, caller, demand_id)))
    return await history.steps(session, demand_id, wanted)


async def own(session: AsyncSession, caller: Principal, demand_id: UUID) -> Demand:
    """The caller's demand, which nobody else changes before the transaction ends. Raises NotFound, and Forbidden
    without the role to ask for its kind."""
    demand = await repository.locked(session, demand_id)
    if demand is None or demand.owner_key != caller.organisation:
        raise repository.no_such_demand()
    rules.refuse_asker(demand.kind, caller.roles)
    return demand


def is_own(visitor: Principal | None, row: Stored) -> bool:
    """Whether the visitor speaks for the demand's owner."""
    return visitor is not None and visitor.organisation == OrganisationKey(
        scheme=row["owner_scheme"], code=row["owner_code"]
    )


def _write(demand: Demand, content: DemandContent, given: Set[str], bounds: Bounds) -> None:
    """Take over the fields that are given; the others stay."""
    for name, value in content.model_dump(include={*given}).items():
        setattr(demand, name, list(value) if isinstance(value, tuple) else value)
    if "tracks" in given:
        demand.tracks = tracks.resolved(content.tracks, bounds.tracks)
    if "clauses" in given:
        demand.clauses = [clause.model_dump(mode="json") for clause in content.clauses]
    demand.find_by([demand.title, demand.need, *(clause["text"] for clause in demand.clauses)])
