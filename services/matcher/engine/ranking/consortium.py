"""Finds the smallest groups of offers that together meet every binding clause of a demand."""

from bisect import insort
from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)

MOST_STEPS = 20_000
"""Steps the search for groups of one size may take."""

_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Capability:
    """`meets` are positions of binding clauses; `fit` is the offer's own fit, higher better."""

    meets: frozenset[int]
    fit: float


@dataclass(frozen=True, slots=True)
class Consortium(Generic[Key]):
    """Members in the order of the offers given; `fit` is their mean."""

    members: tuple[Key, ...]
    fit: float


def smallest_sets(
    needs: Set[int], offers: Mapping[Key, Capability], *, limit: int = 5, max_size: int = 4
) -> list[Consortium[Key]]:
    """Up to `limit` groups of at most `max_size` offers whose clauses together hold all `needs`, nobody in vain.

    Smaller groups first, then the better mean fit, then the order of `offers`, so that equal input gives equal output.
    No group contains another. No needs, no groups. Exact while a size takes fewer than MOST_STEPS steps; beyond that
    the groups of this size are the best found so far.
    """
    keys = list(offers)
    candidates = _candidates(needs, [offers[key] for key in keys], limit)
    found: list[Consortium[Key]] = []
    for size in range(1, max_size + 1):
        if not needs or len(found) >= limit:
            break
        for group in _Search(candidates, (1 << len(needs)) - 1, size, limit - len(found)).best():
            found.append(Consortium(tuple(keys[place] for place in group.places), -group.loss))
    return found


class _Member(NamedTuple):
    """An offer worth a place: the needs it meets as bits, its fit, and its place among the offers."""

    mask: int
    fit: float
    place: int


class _Group(NamedTuple):
    """Sorts best first; `loss` is the mean fit, negated."""

    loss: float
    places: tuple[int, ...]


def _candidates(needs: Set[int], offers: list[Capability], limit: int) -> list[_Member]:
    """The `limit` best of the offers that meet the same needs, for a worse one is never among the first; best first.

    The bits are ordered so that the need fewest offers meet is the lowest.
    """
    rarest_first = sorted(needs, key=lambda need: (sum(need in offer.meets for offer in offers), need))
    bit = {need: 1 << position for position, need in enumerate(rarest_first)}
    by_mask: dict[int, list[_Member]] = {}
    for place, offer in enumerate(offers):
        if mask := sum(bit[need] for need in needs & offer.meets):
            by_mask.setdefault(mask, []).append(_Member(mask, offer.fit, place))
    best = [sorted(alike, key=lambda c: (-c.fit, c.place))[:limit] for alike in by_mask.values()]
    return sorted((c for alike in best for c in alike), key=lambda c: (-c.fit, c.place))


class _Search:
    """Branches on who meets the rarest need still open, best fit first, and turns back where no better can come."""

    def __init__(self, candidates: list[_Member], goal: int, size: int, limit: int) -> None:
        self._candidates = candidates
        self._goal, self._size, self._limit = goal, size, limit
        self._widest = max((c.mask.bit_count() for c in candidates), default=0)
        self._best_fit = max((c.fit for c in candidates), default=0.0)
        self._groups: list[_Group] = []
        self._steps = 0

    def best(self) -> list[_Group]:
        self._extend((), self._goal)
        return self._groups

    def _extend(self, chosen: tuple[_Member, ...], missing: int) -> None:
        if not missing:
            self._keep(chosen)
            return
        places_left = self._size - len(chosen)
        if missing.bit_count() > places_left * self._widest:
            return
        rarest = missing & -missing
        for candidate in self._candidates:
            if not candidate.mask & rarest:
                continue
            self._steps += 1
            if self._steps > MOST_STEPS or self._is_hopeless((*chosen, candidate)):
                return
            self._extend((*chosen, candidate), missing & ~candidate.mask)

    def _is_hopeless(self, chosen: tuple[_Member, ...]) -> bool:
        """Whether even the best offers in the places left would not make a group worth keeping.

        Candidates come best first, so what is hopeless for one is for those after it.
        """
        if len(self._groups) < self._limit:
            return False
        most = sum(c.fit for c in chosen) + (self._size - len(chosen)) * self._best_fit
        return -most / self._size > self._groups[-1].loss + _SLACK

    def _keep(self, chosen: tuple[_Member, ...]) -> None:
        if len(chosen) != self._size or not self._is_nobody_idle(chosen):
            return
        ordered = sorted(chosen, key=lambda c: c.place)
        group = _Group(-sum(c.fit for c in ordered) / self._size, tuple(c.place for c in ordered))
        if group not in self._groups:
            insort(self._groups, group)
            del self._groups[self._limit :]

    def _is_nobody_idle(self, chosen: tuple[_Member, ...]) -> bool:
        for candidate in chosen:
            others = 0
            for other in chosen:
                others |= other.mask if other is not candidate else 0
            if others == self._goal:
                return False
        return True
