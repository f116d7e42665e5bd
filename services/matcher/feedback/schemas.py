"""What outcomes look like over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.contracts.dockings import Side
from common.fields import Frozen, Text
from common.pagination import Page
from matcher.feedback.rules import DismissalReason, MatchOutcome, MatchState


class WhyIn(Frozen):
    code: DismissalReason
    text: Annotated[Text, Field(max_length=2000)] | None = Field(None, description="Needed with the code `other`.")


class OutcomeIn(Frozen):
    """Either side reports viewed, interested and dismissed, the owner the others too."""

    outcome: MatchOutcome
    reason: WhyIn | None = Field(None, description="Needed with `dismissed`, refused with anything else.")


class OutcomeOut(Frozen):
    """A report, and the fit, place and chance of being shown that the match had at that time."""

    id: UUID
    match_id: UUID
    side: Side
    outcome: MatchOutcome
    reason: DismissalReason | None
    reason_text: str | None
    reported_at: datetime
    demand_version: int
    profile_version: int
    fit: int
    rank: int = Field(description="Place in the ranking that made the match, from 1.")
    propensity: float = Field(description="1.0 unless the match took an exploration slot.")
    ranking_id: UUID
    ranker_version: str


class OutcomesOut(Page[OutcomeOut]):
    """Newest first, each side's newest of each outcome and reason, and the state they all leave the match in."""

    state: MatchState
