"""Which policies a demand names, as everyone reads them with it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import rules
from catalog.demands.models import Demand
from catalog.demands.schemas import LinkedPolicy
from catalog.policies import repository as policies
from common.errors import invalid


async def refuse_unknown(session: AsyncSession, policy_ids: Sequence[UUID]) -> None:
    """Raises InvalidInput naming each id that is no policy's, or that is given twice."""
    if faults := tuple(rules.policy_faults(policy_ids, await policies.by_ids(session, policy_ids))):
        raise invalid(*faults)


async def link(session: AsyncSession, demand: Demand, *, must_stand: bool) -> None:
    """Put what its policies are now with a demand that becomes public or is amended.

    must_stand  refuse it while one of them has ended; raises NotAllowedNow naming that one
    """
    found = await policies.by_ids(session, demand.policy_ids)
    named = [found[policy_id] for policy_id in demand.policy_ids]
    if must_stand:
        rules.refuse_ended([(policy.title, policy.state) for policy in named])
    demand.linked_policies = [LinkedPolicy.model_validate(policy).model_dump(mode="json") for policy in named]
