"""Use cases of mandates: giving and revoking one, and acting by one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.auth import Principal
from common.clock import new_id
from common.contracts.mandates import MandateGiven, MandateRevoked, MandateSnapshot
from common.fields import OrganisationKey
from common.pagination import PageRequest
from matcher.acts import acting
from matcher.acts.acting import Acting, Done
from matcher.mandates import repository, rules
from matcher.mandates.models import Mandate
from matcher.mandates.rules import LIFE, MandateAction, MandateParty, MandateState, Power
from matcher.mandates.schemas import MandateIn

NOUN = "mandate"


async def give(session: AsyncSession, caller: Principal, body: MandateIn, at: datetime) -> Mandate:
    giver = caller.organisation
    rules.refuse_faulty(giver, body.broker, body.expires_at, at)
    mandate = Mandate(
        id=new_id(),
        version=1,
        giver_scheme=giver.scheme,
        giver_code=giver.code,
        giver_name=caller.organisation_name,
        broker_scheme=body.broker.scheme,
        broker_code=body.broker.code,
        broker_name=body.broker_name,
        power_words=[power.value for power in Power if power in body.powers],
        demand_id=body.demand_id,
        profile_id=body.profile_id,
        given_by=caller.subject,
        given_at=at,
        expires_at=body.expires_at,
    )
    repository.add(session, mandate)
    act = acting.record(session, Acting(at, caller, giver), Done(NOUN, mandate.id, "give", None, MandateState.ACTIVE))
    outbox.record(session, MandateGiven(mandate=_snapshot(mandate, at), act=act))
    return mandate


def _snapshot(mandate: Mandate, at: datetime) -> MandateSnapshot:
    own = MandateSnapshot.model_fields.keys() - {"state"}
    return MandateSnapshot.model_validate({name: getattr(mandate, name) for name in own} | {"state": mandate.state(at)})


async def revoke(session: AsyncSession, caller: Principal, mandate_id: UUID, at: datetime) -> Mandate:
    """Repeating the call changes nothing."""
    mandate = await repository.own(session, caller.organisation, mandate_id, lock=True)
    state = mandate.state(at)
    if state is MandateState.REVOKED:
        return mandate
    party = MandateParty.GIVER if caller.organisation == mandate.giver else MandateParty.BROKER
    step = LIFE.moved(state, MandateAction.REVOKE, by={party}, at=at)
    mandate.revoked_at, mandate.version = at, mandate.version + 1
    done = Done(NOUN, mandate.id, step.action, step.before, step.after)
    act = acting.record(session, Acting(at, caller, caller.organisation), done)
    outbox.record(session, MandateRevoked(mandate=_snapshot(mandate, at), act=act))
    return mandate


async def shown(session: AsyncSession, caller: Principal, mandate_id: UUID) -> Mandate:
    return await repository.own(session, caller.organisation, mandate_id)


async def listed(session: AsyncSession, caller: Principal, page: PageRequest) -> Sequence[Mandate]:
    return await repository.listed(session, caller.organisation, page)


async def in_force(session: AsyncSession, broker: OrganisationKey, mandate_id: UUID, at: datetime) -> Mandate:
    """A mandate by which `broker` may act at this moment, kept from being revoked until the transaction ends.

    Raises NotFound when it is not the broker's, Forbidden when it is over."""
    mandate = await repository.held(session, broker, mandate_id)
    rules.refuse_over(mandate.state(at))
    return mandate
