"""Use cases of contacts: keeping them, sharing one, and showing both with a record of who saw them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.clock import new_id
from common.contracts.catalog import ContactChanged
from common.contracts.contacts import Contact
from common.contracts.dockings import Side
from common.pagination import PageRequest
from common.sealed import vault_of
from matcher.acts.acting import Acting
from matcher.contacts import repository, rules
from matcher.contacts.models import ContactRead, KnownContact
from matcher.contacts.schemas import ContactsOut
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles import repository as profiles
from matcher.subjects.profiles import rules as rules_of_profiles


async def receive(session: AsyncSession, told: ContactChanged, at: datetime) -> None:
    """Keep what catalog tells of a demand's contact. Raises LookupError when the key that sealed it is not ours."""
    contact = told.contact
    if told.sealed is not None:
        contact = Contact.model_validate(vault_of(session).open_json(told.sealed.model_dump()))
    await _keep(session, (SubjectKind.DEMAND, told.demand_id), told.demand_version, contact, at)


async def change_own(
    session: AsyncSession, caller: Principal, profile_id: UUID, contact: Contact | None, at: datetime
) -> None:
    """Whom to call about a profile of the caller's; None: nobody. Raises NotAllowedNow when it was withdrawn."""
    profile = await profiles.own(session, caller.organisation, profile_id, lock=True)
    rules_of_profiles.refuse_withdrawn(profile.state)
    before = await repository.known(session, SubjectKind.PROFILE, profile_id)
    await _keep(session, (SubjectKind.PROFILE, profile_id), before.version + 1 if before else 1, contact, at)


async def _keep(
    session: AsyncSession, about: tuple[SubjectKind, UUID], version: int, contact: Contact | None, at: datetime
) -> None:
    said = contact.model_dump(mode="json") if contact else None
    kind, subject_id = about
    await repository.keep_newer(
        session, KnownContact(kind=kind, subject_id=subject_id, version=version, contact=said, changed_at=at)
    )


async def own(session: AsyncSession, caller: Principal, profile_id: UUID) -> Contact | None:
    await profiles.own(session, caller.organisation, profile_id)
    return await _known(session, SubjectKind.PROFILE, profile_id)


async def _known(session: AsyncSession, kind: SubjectKind, subject_id: UUID) -> Contact | None:
    row = await repository.known(session, kind, subject_id)
    return Contact.model_validate(row.contact) if row and row.contact else None


async def share(
    session: AsyncSession, docking_id: UUID, side: Side, subject_id: UUID, given: Contact | None, at: datetime
) -> None:
    """Allow the other side of a docking to see a contact, once it does the same.

    subject_id  the demand of the owner's side, the profile of the enterprise's
    """
    if given is None:
        shared = await repository.shared(session, docking_id)
        if side in shared:
            return
    kind = SubjectKind.DEMAND if side is Side.OWNER else SubjectKind.PROFILE
    contact = rules.chosen(given, await _known(session, kind, subject_id))
    await repository.share(session, docking_id, side, contact, at)


async def reveal(session: AsyncSession, docking_id: UUID, side: Side, who: Acting) -> ContactsOut:
    """Both contacts, with a record that they were seen, in one transaction. NotAllowedNow until both sides share."""
    shared = await repository.shared(session, docking_id)
    rules.refuse_unshared(shared)
    assert who.caller is not None, "the clock sees no contacts"
    repository.add_read(
        session,
        ContactRead(
            id=new_id(),
            docking_id=docking_id,
            at=who.at,
            side=side,
            reader_scheme=who.caller.organisation.scheme,
            reader_code=who.caller.organisation.code,
            reader_name=who.caller.organisation_name,
            subject=who.caller.subject,
            mandate_id=who.mandate_id,
        ),
    )
    return ContactsOut(owner=shared[Side.OWNER], enterprise=shared[Side.ENTERPRISE])


async def reads(session: AsyncSession, docking_id: UUID, page: PageRequest) -> Sequence[ContactRead]:
    return await repository.reads(session, docking_id, page)
