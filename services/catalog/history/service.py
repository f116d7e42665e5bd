"""What every noun does when it changes: it moves along its life-cycle, is audited and announced, in one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history import repository
from catalog.history.models import AuditEntry, PublicVersion
from common import outbox
from common.auth import Principal
from common.clock import new_id
from common.contracts.catalog import StepTaken
from common.contracts.envelope import Event
from common.fields import OrganisationKey
from common.lifecycle import Lifecycle, Transition
from common.pagination import PageRequest
from common.rawjson import Stored

AnyLifecycle = Lifecycle[Any, Any, Any]
AnyTransition = Transition[Any, Any, Any]
CREATE = "create"


class Deed(NamedTuple):
    """A transition, who made it (None: the clock), the reason given, and what else the audit keeps of it."""

    transition: AnyTransition
    caller: Principal | None
    reason: str | None = None
    details: list[dict[str, Any]] | None = None


class Changed(Protocol):
    """What has versions and an owner, as it is after a step."""

    @property
    def id(self) -> Any: ...
    @property
    def version(self) -> Any: ...
    @property
    def updated_at(self) -> Any: ...
    @property
    def owner_key(self) -> OrganisationKey: ...


class Living(Changed, Protocol):
    """A row that has a life-cycle beside."""

    state: Any

    def advance(self, at: datetime) -> None: ...


class Told(NamedTuple):
    """What everyone is told of a change: its kind, the public text after it, the event that carries it, and what became
    different. Without an event of its own the step alone is announced: its text is in the feed."""

    change: str
    snapshot: dict[str, Any]
    event: Event | None = None
    changes: list[dict[str, Any]] | None = None


def begun(subject: Living, party: str, at: datetime) -> AnyTransition:
    """The transition of something that is new."""
    return Transition(CREATE, None, subject.state, party, at)


def moved(life: AnyLifecycle, subject: Living, action: str, by: Collection[str], at: datetime) -> AnyTransition:
    """Take a step: state and version of the row change. Raises NotAllowedNow. `record` it when the change is whole."""
    transition = life.moved(subject.state, action, by=by, at=at)
    subject.state = transition.after
    subject.advance(at)
    return transition


def record(
    session: AsyncSession,
    noun: str,
    subject: Changed,
    deed: Deed,
    told: Told | None = None,
    audience: tuple[OrganisationKey, ...] = (),
) -> None:
    """Audit a step and announce it.

    told      for a public change; without it other services hear of the step alone, without any text
    audience  whom such a step concerns beside the owner
    """
    repository.add_entry(session, AuditEntry(**_entry(noun, subject, deed)))
    if told is not None:
        repository.add(session, _version(noun, subject, told, deed.reason))
    if told is not None and told.event is not None:
        outbox.record(session, told.event)
    else:
        outbox.record(session, _step_taken(noun, subject, deed, audience))


async def record_many(session: AsyncSession, noun: str, subjects: Sequence[Changed], deed: Deed) -> None:
    """The same for a step that many of one owner took alike and everyone is not told of, in a transaction that has
    begun."""
    if subjects:
        await repository.copy(session, [_entry(noun, subject, deed) for subject in subjects])
        each = [{"id": subject.id, "version": subject.version, "at": subject.updated_at} for subject in subjects]
        await outbox.record_alike(session, _step_taken(noun, subjects[0], deed), each)


def _entry(noun: str, subject: Changed, deed: Deed) -> dict[str, Any]:
    """The columns of an audit entry."""
    transition, caller = deed.transition, deed.caller
    return {
        "id": new_id(),
        "noun": noun,
        "subject_id": subject.id,
        "version": subject.version,
        "action": transition.action,
        "before": transition.before,
        "after": transition.after,
        "party": transition.by,
        "actor_scheme": caller.organisation.scheme if caller else None,
        "actor_code": caller.organisation.code if caller else None,
        "actor_name": caller.organisation_name if caller else None,
        "actor_subject": caller.subject if caller else None,
        "reason": deed.reason,
        "details": deed.details,
        "at": subject.updated_at,
    }


def _version(noun: str, subject: Changed, told: Told, reason: str | None) -> PublicVersion:
    return PublicVersion(
        id=new_id(),
        noun=noun,
        subject_id=subject.id,
        version=subject.version,
        change=told.change,
        reason=reason,
        changed_at=subject.updated_at,
        snapshot=told.snapshot,
        changes=told.changes,
    )


def _step_taken(noun: str, subject: Changed, deed: Deed, audience: tuple[OrganisationKey, ...] = ()) -> StepTaken:
    transition = deed.transition
    return StepTaken(
        noun=noun,
        id=subject.id,
        version=subject.version,
        owner=subject.owner_key,
        action=transition.action,
        before=transition.before,
        after=transition.after,
        by=transition.by,
        at=subject.updated_at,
        audience=audience,
        actor=deed.caller.organisation if deed.caller else None,
    )


async def versions(session: AsyncSession, subject_id: UUID, wanted: PageRequest) -> list[Stored]:
    return await repository.versions(session, subject_id, wanted)


async def steps(session: AsyncSession, subject_id: UUID, wanted: PageRequest) -> list[Stored]:
    return await repository.steps(session, subject_id, wanted)
