"""What presenters and organisers do with presentations."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from catalog.demands import service as demands
from catalog.presentations import repository, rules
from catalog.presentations.filters import PresentationFilters
from catalog.presentations.models import Presentation
from catalog.presentations.rules import PresentationAction, PresentationParty
from catalog.presentations.schemas import OutcomeRecord, PresentationContent, PresentationOut
from catalog.records.changing import Changing
from catalog.records.records import Records
from catalog.roadshows import repository as roadshows
from catalog.roadshows.models import Roadshow
from catalog.roadshows.rules import refuse_locked, refuse_not_open
from common import tracks
from common.auth import Principal
from common.errors import FieldFault, invalid
from common.fields import OrganisationKey
from common.listing import RecordListing
from common.tracks import Tracks


def _parties(presentation: Presentation, caller: Principal) -> frozenset[PresentationParty]:
    found = (
        (presentation.owner_key, PresentationParty.PRESENTER),
        (presentation.roadshow.owner_key, PresentationParty.ORGANISER),
    )
    return frozenset(party for key, party in found if key == caller.organisation)


def _text(presentation: Presentation) -> dict[str, Any]:
    return PresentationOut.model_validate(presentation).model_dump(mode="json")


def _audience(presentation: Presentation) -> Iterator[OrganisationKey]:
    yield presentation.roadshow.owner_key


PRESENTATIONS = Records(Presentation, rules.LIFE, _parties, _text, _audience)


async def book(changing: Changing, content: PresentationContent, known: Tracks) -> Presentation:
    """Take a slot for one's own demand. Raises NotAllowedNow saying which slots are free when that one is not."""
    session = changing.session
    demand = await demands.own(session, changing.caller, content.demand_id)
    rules.refuse_other_demand(demand.kind, demand.state)
    track = tracks.one(content.track, known, pointer="#/track")
    roadshow = await _open(changing, content.roadshow_id)
    # Its demand is locked, so nobody presents it there meanwhile.
    rules.refuse_second(await repository.standing(session, roadshow.id, demand.id))
    fields = {**content.model_dump(), "track": track, "title": demand.title, "roadshow": roadshow}
    presentation = await PRESENTATIONS.begin(changing, PresentationParty.PRESENTER, **fields)
    if not await roadshows.take_slot(session, roadshow.id, content.place, presentation.id):
        rules.refuse_taken(content.place, await roadshows.free_places(session, roadshow.id))
    return presentation


async def _open(changing: Changing, roadshow_id: UUID) -> Roadshow:
    roadshow = await roadshows.sharing(changing.session, roadshow_id)
    if roadshow is None:
        raise invalid(FieldFault("give the id of a roadshow", "请填写路演的 id", pointer="#/roadshow_id"))
    refuse_not_open(roadshow.state)
    refuse_locked(roadshow.locks_at, changing.at)
    return roadshow


async def record(changing: Changing, presentation_id: UUID, outcome: OutcomeRecord) -> Presentation:
    """Say what came of it, for everyone to read."""
    async with PRESENTATIONS.step(changing, presentation_id, PresentationAction.RECORD, outcome.reason) as presentation:
        rules.refuse_not_held(presentation.roadshow.state)
        presentation.outcome, presentation.state_reason = outcome.outcome, outcome.reason
    return presentation


async def take(changing: Changing, presentation_id: UUID, action: str, reason: str | None) -> Presentation:
    """Withdraw a presentation; its slot is free again."""
    async with PRESENTATIONS.step(changing, presentation_id, action, reason) as presentation:
        rules.refuse_held(presentation.roadshow.state)
        await roadshows.free_slot(changing.session, presentation_id)
        presentation.state_reason = reason
    return presentation


async def page(listing: RecordListing, filters: PresentationFilters, known: Tracks) -> Sequence[Presentation]:
    """Raises InvalidInput for a track that this deployment does not have."""
    track = None if filters.track is None else tracks.one(filters.track, known, parameter="track")
    return await PRESENTATIONS.page(listing.session, listing.page, *repository.listed(filters, track))
