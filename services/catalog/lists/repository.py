"""Reads and writes scenario lists, their entries, and what entries are made of."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from catalog.demands.models import Demand
from catalog.history.models import PublicVersion
from catalog.lists.filters import ListFilters
from catalog.lists.models import ListEntry, ScenarioList
from catalog.lists.requirements import Listable
from catalog.lists.rules import COLLECTING, PUBLIC
from catalog.organisations.models import Organisation
from catalog.proposals.models import ListProposal
from common.auth import Principal
from common.contracts.words import DemandState, ListState, ProposalState
from common.fields import OrganisationKey
from common.roles import Role


def visible(visitor: Principal | None) -> ColumnElement[bool]:
    """Which lists somebody may see: public ones, their organisation's, surveys for publishers, and for reviewers those
    that were submitted."""
    scopes: list[ColumnElement[bool]] = [ScenarioList.state.in_(PUBLIC)]
    if visitor is not None:
        scopes.append(ScenarioList.owned_by(visitor.organisation))
        if Role.PUBLISHER in visitor.roles:
            scopes.append(ScenarioList.state == COLLECTING)
        if Role.REVIEWER in visitor.roles:
            scopes.append(ScenarioList.submitted_by.is_not(None))
    return or_(*scopes)


def listed(filters: ListFilters, visitor: Principal | None) -> Iterator[ColumnElement[bool]]:
    """What rows must be."""
    yield visible(visitor)
    if filters.mine and visitor is not None:
        yield ScenarioList.owned_by(visitor.organisation)
    if filters.state is not None:
        yield ScenarioList.state == filters.state
    if filters.year is not None:
        yield ScenarioList.year == filters.year


async def lock_owner(session: AsyncSession, owner: Organisation) -> None:
    """Nobody else begins a list for this organisation before the transaction ends."""
    wanted = select(Organisation.id).where(Organisation.id == owner.id)
    await session.execute(wanted.with_for_update(key_share=True))


async def with_document(session: AsyncSession, list_id: UUID) -> ScenarioList | None:
    wanted = select(ScenarioList).where(ScenarioList.id == list_id).options(undefer(ScenarioList.document))
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one_or_none()


async def standing(session: AsyncSession, owner: OrganisationKey, year: int, batch: int) -> UUID | None:
    """The newest edition of a year and batch that was not cancelled."""
    same = (ScenarioList.owned_by(owner), ScenarioList.year == year, ScenarioList.batch == batch)
    rows = select(ScenarioList.id).where(*same, ScenarioList.state != ListState.CANCELLED)
    found: UUID | None = await session.scalar(rows.order_by(ScenarioList.edition.desc()).limit(1))
    return found


async def successor(session: AsyncSession, list_id: UUID) -> UUID | None:
    """The edition that corrects one and was not cancelled."""
    corrects = (ScenarioList.supersedes == list_id, ScenarioList.state != ListState.CANCELLED)
    found: UUID | None = await session.scalar(select(ScenarioList.id).where(*corrects))
    return found


async def entries(session: AsyncSession, list_id: UUID, after: int = 0, limit: int | None = None) -> list[ListEntry]:
    """In the order of the list, those behind a position."""
    rows = select(ListEntry).where(ListEntry.list_id == list_id, ListEntry.position > after)
    # They are written past the session, which may hold them as they were.
    rows = rows.order_by(ListEntry.position).limit(limit).execution_options(populate_existing=True)
    return list((await session.scalars(rows)).all())


async def replace_entries(session: AsyncSession, list_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """All entries of a list at once, by column."""
    await session.execute(delete(ListEntry).where(ListEntry.list_id == list_id))
    if rows:
        await session.execute(insert(ListEntry), rows)


async def listable(session: AsyncSession, wanted: Mapping[UUID, int | None]) -> dict[UUID, Listable]:
    """What is known of demands that are to be listed.

    wanted  the public version of each; None: the present one
    """
    demands = select(Demand.id, Demand.kind, Demand.state).where(
        Demand.id.in_(wanted), Demand.published_at.is_not(None)
    )
    texts = await _texts(session, wanted)
    return {row.id: Listable(row.kind, row.state, texts.get(row.id)) for row in await session.execute(demands)}


async def _texts(session: AsyncSession, wanted: Mapping[UUID, int | None]) -> dict[UUID, Mapping[str, Any]]:
    present = [demand_id for demand_id, version in wanted.items() if version is None]
    given = [
        and_(PublicVersion.subject_id == demand_id, PublicVersion.version == version)
        for demand_id, version in wanted.items()
        if version is not None
    ]
    every = PublicVersion.__table__.alias("every")
    newest = select(func.max(every.c.version)).where(every.c.subject_id == Demand.id).scalar_subquery()
    rows = (
        select(PublicVersion.subject_id, PublicVersion.snapshot)
        .join(Demand, Demand.id == PublicVersion.subject_id)
        .where(or_(and_(Demand.id.in_(present), PublicVersion.version == newest), *given))
    )
    return {row.subject_id: row.snapshot for row in await session.execute(rows)}


async def demand_states(session: AsyncSession, demand_ids: Collection[UUID]) -> dict[str, DemandState]:
    rows = select(Demand.id, Demand.state).where(Demand.id.in_(demand_ids))
    return {str(row.id): row.state for row in await session.execute(rows)}


async def undecided_count(session: AsyncSession, list_id: UUID) -> int:
    open_ = (ListProposal.list_id == list_id, ListProposal.state == ProposalState.PROPOSED)
    return (await session.execute(select(func.count()).where(*open_))).scalar_one()


async def taken_proposals(session: AsyncSession, list_id: UUID, demand_ids: Collection[UUID]) -> Sequence[UUID]:
    """Those by which any of these demands came into a list."""
    rows = select(ListProposal.id).where(
        ListProposal.list_id == list_id,
        ListProposal.demand_id.in_(demand_ids),
        ListProposal.state == ProposalState.TAKEN,
    )
    return (await session.scalars(rows)).all()


async def published_before(
    session: AsyncSession, demand_ids: Collection[UUID], *, but: UUID
) -> dict[UUID, ScenarioList]:
    """By demand, the list that published it last, `but` left aside."""
    rows = (
        select(ListEntry.demand_id, ScenarioList)
        .join(ScenarioList, ScenarioList.id == ListEntry.list_id)
        .where(ListEntry.demand_id.in_(demand_ids), ScenarioList.state.in_(PUBLIC), ScenarioList.id != but)
        .order_by(ScenarioList.published_at, ScenarioList.id)
    )
    return {row.demand_id: row.ScenarioList for row in await session.execute(rows)}


async def nowhere_else(session: AsyncSession, former: UUID, kept: Collection[UUID]) -> list[str]:
    """Demands of an edition that are not among those kept, and in no other list that is published now."""
    other = ListEntry.__table__.alias("other")
    elsewhere = (
        exists()
        .where(other.c.demand_id == ListEntry.demand_id, other.c.list_id != former)
        .where(ScenarioList.id == other.c.list_id, ScenarioList.state == ListState.PUBLISHED)
        .correlate(ListEntry)
    )
    rows = select(ListEntry.demand_id).where(ListEntry.list_id == former, ListEntry.demand_id.not_in(kept), ~elsewhere)
    return [str(one) for one in await session.scalars(rows.order_by(ListEntry.position))]


async def formers(session: AsyncSession, list_id: UUID) -> list[ListEntry]:
    """The entries by which the demands of a published list were published before."""
    now_, before = ListEntry.__table__.alias("now"), ListEntry
    rows = select(before).join(now_, and_(now_.c.follows == before.list_id, now_.c.demand_id == before.demand_id))
    return list((await session.scalars(rows.where(now_.c.list_id == list_id))).all())
