"""What catalog announces: the state of a demand after each step of its public life."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field, JsonValue

from common.contracts.clauses import Clause, Locality
from common.contracts.contacts import Contact, SealedContact
from common.contracts.envelope import Event, TolerantModel
from common.contracts.words import (
    AttachmentState,
    DemandKind,
    DemandState,
    Domain,
    QuestionState,
)
from common.fields import Division, Frozen, Line, Moment, OrganisationKey, Text


class DemandSnapshot(TolerantModel):
    """A demand as the public may see it: no contact, no draft, no unpublished text."""

    id: UUID
    version: int = Field(ge=1)
    kind: DemandKind
    state: DemandState
    owner: OrganisationKey
    owner_name: str
    title: Line
    need: Text
    clauses: tuple[Clause, ...] = ()
    domain: Domain = Domain.OTHER
    tracks: tuple[str, ...] = ()
    division: Division | None = None
    locality: Locality | None = None
    budget_min_fen: int | None = None
    budget_max_fen: int | None = None
    currency: str = "CNY"
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    published_at: Moment | None = None
    amendment_reason: str | None = None
    state_reason: str | None = Field(None, description="Why it is in its state, where its owner said so.")
    merged_into: UUID | None = Field(None, description="The demand that stands for it.")
    is_open: bool = Field(
        default_factory=lambda known: known["state"] == DemandState.PUBLISHED,
        description="Whether it takes answers: all that a reader needs of a `state` it does not know.",
    )


class StepTaken(Event):
    """A step, without any text of what it is about: one that everyone is not told of, or a public one of a noun
    that has no event of its own; its text is in the feed."""

    type: ClassVar[str] = "catalog.step.taken"
    stream: ClassVar[str] = "CATALOG"

    noun: str = Field(examples=["demand"])
    id: UUID
    version: int
    owner: OrganisationKey
    action: str = Field(examples=["submit"])
    before: str | None = Field(description="The state before; null for what is new.")
    after: str
    by: str = Field(description="As what somebody took it.", examples=["owner"])
    at: Moment
    audience: tuple[OrganisationKey, ...] = Field((), description="Whom it concerns beside the owner.")
    actor: OrganisationKey | None = Field(None, description="Who took it, and needs not be told; null is the clock.")

    def about(self) -> str:
        return str(self.id)


class FieldChange(Frozen):
    """What stood somewhere in a text, and what stands there now; null is nothing."""

    pointer: str = Field(examples=["#/clauses/0/value"])
    before: JsonValue
    after: JsonValue


class DemandEvent(Event):
    """Every demand event carries the whole snapshot, so order does not matter: the higher version wins."""

    stream: ClassVar[str] = "CATALOG"
    demand: DemandSnapshot
    changes: tuple[FieldChange, ...] = Field((), description="What an amendment made different.")

    def about(self) -> str:
        return str(self.demand.id)


class DemandPublished(DemandEvent):
    """A demand opened to matching."""

    type: ClassVar[str] = "catalog.demand.published"


class DemandAmended(DemandEvent):
    """A published demand changed; `amendment_reason` says why."""

    type: ClassVar[str] = "catalog.demand.amended"


class DemandClosed(DemandEvent):
    """A demand takes no more answers."""

    type: ClassVar[str] = "catalog.demand.closed"


class DemandWithdrawn(DemandEvent):
    """A published demand was taken back by its owner."""

    type: ClassVar[str] = "catalog.demand.withdrawn"


class ContactChanged(Event):
    """Private, on a subject that the broker lets nobody read but the matcher: whom to call about a published demand,
    for dockings in which both sides allow it to be shown. No contact: there is none, or the demand was withdrawn."""

    type: ClassVar[str] = "catalog.contact.changed"
    stream: ClassVar[str] = "CATALOG"

    demand_id: UUID
    demand_version: int = Field(ge=1)
    contact: Contact | None
    sealed: SealedContact | None = Field(None, description="The contact, where catalog has keys; `contact` is null.")

    def about(self) -> str:
        return str(self.demand_id)


class DemandOpened(DemandEvent):
    """A demand that was published before its opening time takes answers from now on."""

    type: ClassVar[str] = "catalog.demand.opened"


class DemandCancelled(DemandEvent):
    """A demand ended without a result; `state_reason` says why."""

    type: ClassVar[str] = "catalog.demand.cancelled"


class DemandMerged(DemandEvent):
    """Another demand, `merged_into`, stands for this one."""

    type: ClassVar[str] = "catalog.demand.merged"


class DemandAdvanced(DemandEvent):
    """A closed demand went a step on, which `state` names: evaluation, selection, validation, adoption, archive."""

    type: ClassVar[str] = "catalog.demand.advanced"


class QuestionSnapshot(TolerantModel):
    """A question that was answered for everyone; who asked is private."""

    id: UUID
    version: int
    demand_id: UUID
    state: QuestionState
    text: str
    answer: str
    created_at: Moment
    answered_at: Moment


class QuestionAnswered(Event):
    """A question about a demand was answered, or answered anew."""

    type: ClassVar[str] = "catalog.question.answered"
    stream: ClassVar[str] = "CATALOG"
    question: QuestionSnapshot
    audience: tuple[OrganisationKey, ...] = Field((), description="Who asked, to be told; nobody else learns of it.")

    def about(self) -> str:
        return str(self.question.id)


class AttachmentSnapshot(TolerantModel):
    """A file that belongs to a public demand."""

    id: UUID
    version: int
    demand_id: UUID
    state: AttachmentState
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: Moment


class AttachmentEvent(Event):
    stream: ClassVar[str] = "CATALOG"
    attachment: AttachmentSnapshot

    def about(self) -> str:
        return str(self.attachment.id)


class AttachmentAttached(AttachmentEvent):
    """A public demand has another file, or another content under a name."""

    type: ClassVar[str] = "catalog.attachment.attached"


class AttachmentRemoved(AttachmentEvent):
    """A file no longer belongs to a demand."""

    type: ClassVar[str] = "catalog.attachment.removed"
