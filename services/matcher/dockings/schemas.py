"""What dockings look like over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.contracts.contacts import Contact
from common.contracts.dockings import DockingState, MeetingTold, Side
from common.fields import Frozen, OrganisationKey, Text
from matcher.dockings.rules import DockingAction

Words = Annotated[Text, Field(max_length=2000)]


class DockingIn(Frozen):
    match_id: UUID
    message: Words | None = Field(None, description="For the other side; in no event.")


class AgreementIn(Frozen):
    """To agree is to let the other side see a contact, once it agrees too."""

    contact: Contact | None = Field(
        None, description="For this docking; left out, the one of your demand or profile is shown."
    )


class FailureIn(Frozen):
    reason: str = Field(max_length=32, description="A code of `GET /v1/dockings/failure-reasons`.", examples=["price"])
    text: Words | None = Field(None, description="Needed with the code `other`.")


class NextOut(Frozen):
    """What is to be done next, by which side (both when null), and until the end of which day, Asia/Shanghai.

    `is_provisional`: the holidays of a year it was counted over are not published yet, so it may still move.
    """

    code: str
    title: str = Field(description="The step in words, in the language asked for.")
    side: Side | None
    due_on: date
    due_at: datetime
    is_provisional: bool
    is_overdue: bool


class DockingOut(Frozen):
    """A docking as either side sees it; `allowed` is what the side that asks may do now."""

    id: UUID
    version: int
    state: DockingState
    match_id: UUID
    demand_id: UUID
    demand_title: str
    owner: OrganisationKey
    owner_name: str
    profile_id: UUID
    profile_headline: str
    enterprise: OrganisationKey
    enterprise_name: str
    message: str | None
    opened_by: Side
    opened_at: datetime
    meeting: MeetingTold | None
    agreed_by: Side | None = Field(description="The side that agreed first.")
    ended_at: datetime | None
    failure_reason: str | None
    failure_text: str | None
    side: Side = Field(description="Yours, or that of whom you act for.")
    next: NextOut | None = Field(description="Null once it is over.")
    allowed: tuple[DockingAction, ...]
    shared_by: tuple[Side, ...] = Field(description="Who allows the other side to see its contact.")


class FailureReasonOut(Frozen):
    code: str
    en: str
    zh: str
    needs_words: bool


class FailureReasonsOut(Frozen):
    reasons: tuple[FailureReasonOut, ...]


class SpanOut(Frozen):
    """Of how many dockings, and the days they took."""

    count: int
    median_days: float | None
    p90_days: float | None


class DockingFiguresOut(Frozen):
    """Over all dockings of this deployment; no party is named."""

    states: dict[DockingState, int]
    failure_reasons: dict[str, int]
    match_to_docking: SpanOut
    docking_to_meeting: SpanOut
    docking_to_agreement: SpanOut
