"""HTTP routes of the contact of a profile; those of a docking are shown there."""

from uuid import UUID

from common.auth import PrincipalDep
from common.clock import now
from common.contracts.contacts import Contact
from common.database import ReadSessionDep, SessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, Unauthenticated
from common.problems import problems
from common.routing import GuardedRouter
from matcher.contacts import service
from matcher.contacts.schemas import OwnContactOut

router = GuardedRouter(
    prefix="/v1/profiles/{profile_id}/contact",
    tags=["profiles"],
    responses=problems(Unauthenticated, Forbidden, NotFound),
)


@router.put("", responses=problems(NotAllowedNow))
async def replace_contact(
    profile_id: UUID, body: Contact, enterprise: PrincipalDep, session: SessionDep
) -> OwnContactOut:
    """Whom the other side of a docking may call, once both sides allow it. It is part of no reply but this route's."""
    await service.change_own(session, enterprise, profile_id, body, now())
    return OwnContactOut(contact=body)


@router.get("")
async def read_contact(profile_id: UUID, enterprise: PrincipalDep, session: ReadSessionDep) -> OwnContactOut:
    return OwnContactOut(contact=await service.own(session, enterprise, profile_id))


@router.delete("", status_code=204, responses=problems(NotAllowedNow))
async def delete_contact(profile_id: UUID, enterprise: PrincipalDep, session: SessionDep) -> None:
    """Forget it; what was shared in a docking stays there."""
    await service.change_own(session, enterprise, profile_id, None, now())
