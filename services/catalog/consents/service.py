"""What investors and presenters do with consents."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from catalog.consents import repository, rules
from catalog.consents.filters import ConsentFilters
from catalog.consents.models import Consent
from catalog.consents.rules import ConsentAction, ConsentParty
from catalog.consents.schemas import ConsentContent
from catalog.presentations.service import PRESENTATIONS
from catalog.records.changing import Changing
from catalog.records.records import Records, private
from common.auth import Principal
from common.errors import FieldFault, invalid
from common.fields import OrganisationKey
from common.listing import RecordListing


def _parties(consent: Consent, caller: Principal) -> frozenset[ConsentParty]:
    found = (
        (consent.owner_key, ConsentParty.INVESTOR),
        (consent.presentation.owner_key, ConsentParty.PRESENTER),
    )
    return frozenset(party for key, party in found if key == caller.organisation)


def _audience(consent: Consent) -> Iterator[OrganisationKey]:
    yield consent.presentation.owner_key


CONSENTS = Records(Consent, rules.LIFE, _parties, private, _audience)


async def ask(changing: Changing, content: ConsentContent) -> Consent:
    """Ask to read a full text; who presents decides."""
    session, caller, _ = changing
    # Locked: of two requests of one investor at once the second finds the first.
    presentation = await PRESENTATIONS.find(session, content.presentation_id, lock=True)
    if presentation is None:
        raise invalid(FieldFault("give the id of a presentation", "请填写路演项目的 id", pointer="#/presentation_id"))
    rules.refuse_second(await repository.standing(session, presentation.id, caller.organisation))
    fields = {**content.model_dump(), "presentation": presentation}
    return await CONSENTS.begin(changing, ConsentParty.INVESTOR, **fields)


async def look(changing: Changing, consent_id: UUID) -> Consent:
    """Read the full text; that is a step, so who presents sees when and by whom."""
    async with CONSENTS.step(changing, consent_id, ConsentAction.OPEN) as consent:
        pass
    return consent


async def take(changing: Changing, consent_id: UUID, action: str, reason: str | None) -> Consent:
    """A step that changes nothing else."""
    async with CONSENTS.step(changing, consent_id, action, reason) as consent:
        consent.state_reason = reason
    return consent


async def page(listing: RecordListing, caller: Principal, filters: ConsentFilters) -> Sequence[Consent]:
    """Those that the caller asked for, or is asked for."""
    return await CONSENTS.page(listing.session, listing.page, *repository.listed(filters, caller.organisation))
