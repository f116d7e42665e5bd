"""What is left to tell when a digest is made; free of I/O."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from uuid import UUID

DIGEST = "digest"
"""The deadline at which what a subscription has collected is told; its key is the subscription's id."""
MOST_LISTED = 100
"""Pieces of news that one digest lists; of the rest it says how many there are."""
LAPSED, SUPERSEDED = "lapsed_before_digest", "superseded"
"""Why a delivery is not told in the digest that it waited for."""


@dataclass(frozen=True)
class Collected:
    """A delivery that waits for a digest. Of news that is no match, `version` is None."""

    id: UUID
    match_id: UUID | None
    version: int | None
    is_current: bool


@dataclass(frozen=True)
class Gathering:
    """told      ids in the order in which they were collected
    left_out  why each of the others is not told
    """

    told: list[UUID] = field(default_factory=list)
    left_out: dict[UUID, str] = field(default_factory=dict)


def gathered(collected: Sequence[Collected], *, lapsed: Set[UUID], told_before: Set[UUID]) -> Gathering:
    """Of each match its newest version, and nothing of one that lapsed before anybody was told of it.

    lapsed       matches that hold no longer, whether the news of that is among these or not yet
    told_before  matches of which this subscription was told, in an earlier digest or singly
    """
    newest = _newest(collected)
    found = Gathering()
    for each in collected:
        reason = _reason(each, newest, lapsed, told_before)
        if reason is None:
            found.told.append(each.id)
        else:
            found.left_out[each.id] = reason
    return found


def _newest(collected: Iterable[Collected]) -> dict[UUID, int]:
    newest: dict[UUID, int] = {}
    for each in collected:
        if each.match_id is not None and each.version is not None:
            newest[each.match_id] = max(each.version, newest.get(each.match_id, 0))
    return newest


def _reason(each: Collected, newest: dict[UUID, int], lapsed: Set[UUID], told_before: Set[UUID]) -> str | None:
    if each.match_id is None or each.version is None:
        return None
    if each.version < newest[each.match_id]:
        return SUPERSEDED
    if each.is_current:
        return LAPSED if each.match_id in lapsed else None
    return None if each.match_id in told_before else LAPSED
