"""What matcher announces of the life of a match after it was computed, and of dockings. No contact is in any of it."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.envelope import Event, TolerantModel
from common.fields import Moment, OrganisationKey
from common.vocabulary import Vocabulary


class Side(Vocabulary):
    """`owner` asked with the demand, `enterprise` offers with the profile."""

    OWNER = "owner"
    ENTERPRISE = "enterprise"


class DockingState(Vocabulary):
    """`agreeing`: one side has agreed, the other is asked to."""

    OPENED = "opened"
    MEETING = "meeting"
    AGREEING = "agreeing"
    AGREED = "agreed"
    FAILED = "failed"


class Act(TolerantModel):
    """What was done and by whom. What the clock did names nobody; a broker's act says on whose behalf, by which
    mandate.

    `reason` is a code.
    """

    action: str = Field(examples=["take_slot"])
    side: Side | None = None
    actor: OrganisationKey | None = None
    actor_name: str | None = None
    on_behalf_of: OrganisationKey | None = None
    mandate_id: UUID | None = None
    reason: str | None = None
    at: Moment


class Parties(TolerantModel):
    """A demand and a profile that were matched, and whose they are."""

    match_id: UUID
    demand_id: UUID
    demand_title: str
    owner: OrganisationKey
    owner_name: str
    profile_id: UUID
    profile_headline: str
    enterprise: OrganisationKey
    enterprise_name: str


class InterestSnapshot(Parties):
    """A match after one of its sides said something of it; `state` is what both sides' last words come to."""

    state: str = Field(examples=["interested"])


class InterestEvent(Event):
    stream: ClassVar[str] = "MATCHER"
    interest: InterestSnapshot
    act: Act

    def about(self) -> str:
        return str(self.interest.match_id)


class MatchViewed(InterestEvent):
    """One side of a match has looked at it."""

    type: ClassVar[str] = "matcher.interest.viewed"


class InterestExpressed(InterestEvent):
    """One side of a match is interested."""

    type: ClassVar[str] = "matcher.interest.interested"


class MatchDismissed(InterestEvent):
    """One side of a match finds that it does not suit; the act's `reason` says why."""

    type: ClassVar[str] = "matcher.interest.dismissed"


class NextStep(TolerantModel):
    """What is to be done next, by which side (both when None), and until when.

    `due_on` is the last day, Asia/Shanghai; `is_provisional`: the holidays of a year it was counted over are not
    published yet, so it may still move.
    """

    code: str = Field(examples=["take_slot"])
    side: Side | None = None
    due_on: date
    is_provisional: bool


class MeetingTold(TolerantModel):
    id: UUID
    sequence: int
    is_cancelled: bool
    starts_at: Moment
    ends_at: Moment
    place: str


class DockingSnapshot(Parties):
    id: UUID
    version: int = Field(ge=1)
    state: DockingState
    opened_by: Side
    opened_at: Moment
    failure_reason: str | None = None
    next: NextStep | None = Field(None, description="None once the docking is over.")
    meeting: MeetingTold | None = None


class DockingEvent(Event):
    stream: ClassVar[str] = "MATCHER"
    docking: DockingSnapshot
    act: Act

    def about(self) -> str:
        return str(self.docking.id)


class DockingOpened(DockingEvent):
    """A side of a match, or a broker for it, wants to talk."""

    type: ClassVar[str] = "matcher.docking.opened"


class SlotsOffered(DockingEvent):
    """One side offers times to meet, or takes an offer back."""

    type: ClassVar[str] = "matcher.docking.slots_offered"


class MeetingArranged(DockingEvent):
    """A meeting was fixed, or moved to another time."""

    type: ClassVar[str] = "matcher.docking.meeting_arranged"


class MeetingCancelled(DockingEvent):
    """A meeting was called off; the docking goes on."""

    type: ClassVar[str] = "matcher.docking.meeting_cancelled"


class AgreementProposed(DockingEvent):
    """One side agrees and waits for the other."""

    type: ClassVar[str] = "matcher.docking.agreement_proposed"


class DockingAgreed(DockingEvent):
    """Both sides agree."""

    type: ClassVar[str] = "matcher.docking.agreed"


class DockingFailed(DockingEvent):
    """A docking ended without agreement; `failure_reason` says why."""

    type: ClassVar[str] = "matcher.docking.failed"


class ContactShared(DockingEvent):
    """One side allows the other to see its contact once both do. The contact itself is in no event."""

    type: ClassVar[str] = "matcher.docking.contact_shared"


class DockingReminded(DockingEvent):
    """The next step is due soon, or today."""

    type: ClassVar[str] = "matcher.docking.reminded"


DOCKING_EVENTS: tuple[type[DockingEvent], ...] = (
    DockingOpened,
    SlotsOffered,
    MeetingArranged,
    MeetingCancelled,
    AgreementProposed,
    DockingAgreed,
    DockingFailed,
    ContactShared,
    DockingReminded,
)
INTEREST_EVENTS: tuple[type[InterestEvent], ...] = (MatchViewed, InterestExpressed, MatchDismissed)
