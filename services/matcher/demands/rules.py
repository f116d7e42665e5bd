"""Which demands take matches."""

from datetime import datetime

from common.contracts.catalog import DemandState


def is_open(state: DemandState, closes_at: datetime | None, now: datetime) -> bool:
    """Published, and not past its closing time: the event that closes it may still be under way."""
    return state is DemandState.PUBLISHED and (closes_at is None or closes_at > now)
