"""What lead units, dispatchers and who is asked do with guarantee requests."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from catalog.guarantees import repository, rules
from catalog.guarantees.filters import GuaranteeFilters
from catalog.guarantees.models import GuaranteeRequest
from catalog.guarantees.rules import GuaranteeAction, GuaranteeParty
from catalog.guarantees.schemas import GuaranteeAssignment, GuaranteeContent
from catalog.organisations import service as organisations
from catalog.projects import service as projects
from catalog.projects.rules import refuse_over
from catalog.records.changing import Changing
from catalog.records.records import Records, private
from common.auth import Principal
from common.fields import OrganisationKey
from common.listing import RecordListing
from common.roles import Role


def _parties(request: GuaranteeRequest, caller: Principal) -> frozenset[GuaranteeParty]:
    parties = {GuaranteeParty(party) for party in projects.parties(request.project, caller)}
    if request.waits_for == caller.organisation:
        parties.add(GuaranteeParty.RESPONSIBLE)
    return frozenset(parties)


def _audience(request: GuaranteeRequest) -> Iterator[OrganisationKey]:
    yield from projects.audience(request.project)
    if request.waits_for is not None:
        yield request.waits_for


GUARANTEES = Records(GuaranteeRequest, rules.LIFE, _parties, private, _audience)


async def raise_request(changing: Changing, content: GuaranteeContent) -> GuaranteeRequest:
    """What a project that goes on lacks, by its lead unit or a dispatcher."""
    project = await projects.PROJECTS.seek(changing, content.project_id)
    refuse_over(project.state)
    party = GuaranteeParty(projects.acting(project, changing.caller))
    return await GUARANTEES.begin(changing, party, **content.model_dump(), project=project)


async def assign(changing: Changing, request_id: UUID, assignment: GuaranteeAssignment) -> GuaranteeRequest:
    """Say which organisation a request waits for; one that it waited for before is done with it."""
    async with GUARANTEES.step(changing, request_id, GuaranteeAction.ASSIGN, assignment.reason) as request:
        asked = await organisations.named(changing.session, assignment.waits_for, "#/waits_for")
        request.waits_for_scheme, request.waits_for_code, request.waits_for_name = asked.scheme, asked.code, asked.name
    return request


async def take(changing: Changing, request_id: UUID, action: str, reason: str | None) -> GuaranteeRequest:
    """A step that changes nothing else."""
    async with GUARANTEES.step(changing, request_id, action, reason) as request:
        request.state_reason = reason
    return request


async def page(listing: RecordListing, caller: Principal, filters: GuaranteeFilters) -> Sequence[GuaranteeRequest]:
    """A dispatcher sees all; others what they lead or are asked for."""
    viewer = None if Role.DISPATCHER in caller.roles else caller.organisation
    return await GUARANTEES.page(listing.session, listing.page, *repository.listed(filters, viewer))
