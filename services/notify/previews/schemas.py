"""What callers send and get about previews."""

from datetime import date
from uuid import UUID

from pydantic import Field

from common.contracts.matcher import Band
from common.fields import Frozen, Moment
from notify.subscriptions.cadence import USUAL, Cadence
from notify.subscriptions.filters import SubscriptionFilters


class PreviewIn(Frozen):
    """As of a subscription; nothing of it is stored."""

    filters: SubscriptionFilters = SubscriptionFilters()
    cadence: Cadence = USUAL


class PreviewMatch(Frozen):
    id: UUID
    demand_title: str
    profile_headline: str
    fit: int
    band: Band


class PreviewDay(Frozen):
    """A day in the time zone of the cadence. What came on one day may go on another."""

    on: date
    matches_count: int = Field(description="New matches that pass the filters.")
    news_count: int = Field(description="Other news that passes them.")
    messages_count: int = Field(description="Messages that would have gone, digests included.")


class PreviewOut(Frozen):
    """What would have been told of the last seven days, and what quiet hours, digests and the cap would make of it.

    Of matches those are known that still hold; of other news what your subscriptions of that time were told.
    """

    since: Moment
    until: Moment
    matches_count: int
    news_count: int
    messages_count: int
    digests_count: int = Field(description="Of the messages, those that gather several pieces of news.")
    waited_count: int = Field(description="Pieces of news that would have waited for the end of quiet hours.")
    over_cap_count: int = Field(description="Pieces that the month would have had no room for, told at its end.")
    is_cut: bool = Field(description="There was more than the thousand matches and pieces of news that are looked at.")
    days: tuple[PreviewDay, ...]
    latest: tuple[PreviewMatch, ...] = Field(description="The newest of the matches, ten at most.")
