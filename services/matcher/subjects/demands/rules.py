"""Which demands take matches, and which are shown."""

from datetime import datetime

from common.contracts.catalog import DemandSnapshot
from common.contracts.matcher import OFFER_FOR
from common.contracts.words import DemandState

SHOWN = (
    DemandState.PUBLISHED,
    DemandState.CLOSED,
    DemandState.EVALUATING,
    DemandState.SELECTED,
    DemandState.UNSUCCESSFUL,
    DemandState.IN_VALIDATION,
    DemandState.ADOPTED,
    DemandState.NOT_ADOPTED,
    DemandState.ARCHIVED,
)
"""Others never were public, or were taken back."""


def state_in_known_words(demand: DemandSnapshot) -> DemandState:
    """A state that only a later version knows counts as `published` or `closed`, by whether the demand is open; a kind
    that only a later version knows is answered by no offer here, so such a demand counts as closed."""
    if demand.state.is_known and demand.kind in OFFER_FOR:
        return demand.state
    return DemandState.PUBLISHED if demand.is_open and demand.kind in OFFER_FOR else DemandState.CLOSED


def is_open(state: DemandState, closes_at: datetime | None, now: datetime) -> bool:
    """Published, and not past its closing time: the event that closes it may still be under way."""
    return state is DemandState.PUBLISHED and (closes_at is None or closes_at > now)


def state_at(state: DemandState, closes_at: datetime | None, now: datetime) -> DemandState:
    """`closed` for a published demand past its closing time too."""
    is_over = state is DemandState.PUBLISHED and not is_open(state, closes_at, now)
    return DemandState.CLOSED if is_over else state
