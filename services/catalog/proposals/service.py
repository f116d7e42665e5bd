"""What agencies and list editors do with proposals."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.lists import entries
from catalog.lists import service as lists
from catalog.lists.schemas import EntryIn
from catalog.proposals import repository, rules
from catalog.proposals.filters import ProposalFilters
from catalog.proposals.models import ListProposal
from catalog.proposals.rules import ProposalAction, ProposalParty
from catalog.proposals.schemas import ProposalContent, ProposalTaking
from catalog.records.changing import Changing
from catalog.records.records import Records
from common.auth import Principal
from common.contracts.words import ProposalState
from common.fields import OrganisationKey
from common.pagination import PageRequest


def _parties(row: ListProposal, caller: Principal) -> Collection[ProposalParty]:
    own, editing = (key == caller.organisation for key in (row.owner_key, row.editor_key))
    return rules.parties(caller.roles, is_own=own, is_editing=editing)


def _text(_: ListProposal) -> None:
    """Between an agency and the editors: what comes of it everyone reads in the list."""


def _audience(row: ListProposal) -> Iterable[OrganisationKey]:
    return (row.editor_key,)


PROPOSALS = Records(ListProposal, rules.LIFE, _parties, _text, _audience)


async def put_forward(changing: Changing, list_id: UUID, content: ProposalContent) -> ListProposal:
    """A demand of the caller's for a list whose survey is open."""
    session, caller, _ = changing
    editor = await lists.surveyed(session, caller, list_id)
    demand = await entries.own_listable(session, caller, content.demand_id)
    rules.refuse_second(await repository.standing(session, list_id, content.demand_id))
    return await PROPOSALS.begin(
        changing,
        ProposalParty.AGENCY,
        **content.model_dump(),
        list_id=list_id,
        title=demand["title"],
        editor_scheme=editor.scheme,
        editor_code=editor.code,
    )


async def take(changing: Changing, proposal_id: UUID, wanted: ProposalTaking) -> ListProposal:
    """Make it the last entry of the list."""
    async with PROPOSALS.step(changing, proposal_id, ProposalAction.TAKE) as row:
        row.level, row.state_reason = wanted.level or row.level, None
        await entries.append(changing, row.list_id, EntryIn(demand_id=row.demand_id, level=row.level))
    return row


async def decline(changing: Changing, proposal_id: UUID, reason: str | None) -> ListProposal:
    """Leave it out, for a reason; one that was taken leaves the list again."""
    was_taken = (await PROPOSALS.seek(changing, proposal_id)).state is ProposalState.TAKEN
    async with PROPOSALS.step(changing, proposal_id, ProposalAction.DECLINE, reason) as row:
        row.state_reason = reason
        if was_taken:
            await entries.remove(changing, row.list_id, row.demand_id)
    return row


async def do(changing: Changing, proposal_id: UUID, action: ProposalAction, reason: str | None) -> ListProposal:
    """A step that takes nothing but a reason; once it is taken, taking it again changes nothing."""
    row = await PROPOSALS.seek(changing, proposal_id)
    if rules.LIFE.is_done(row.state, action):
        return row
    if action is ProposalAction.DECLINE:
        return await decline(changing, proposal_id, reason)
    async with PROPOSALS.step(changing, proposal_id, action, reason) as row:
        pass
    return row


async def page(
    session: AsyncSession, caller: Principal, filters: ProposalFilters, wanted: PageRequest
) -> Sequence[ListProposal]:
    return await PROPOSALS.page(session, wanted, *repository.listed(filters, caller))
