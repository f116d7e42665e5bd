"""Finds the smallest groups of offers that together meet every binding clause of a demand."""

from collections.abc import Hashable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

_MOST_STEPS = 50_000


@dataclass(frozen=True, slots=True)
class Offer:
    """`meets` are positions of binding clauses; `fit` is the offer's own fit, higher better."""

    meets: frozenset[int]
    fit: float


@dataclass(frozen=True, slots=True)
class Consortium(Generic[Key]):
    """Members in the order of the offers given; `fit` is their mean."""

    members: tuple[Key, ...]
    fit: float


def smallest_sets(
    needs: Set[int], offers: Mapping[Key, Offer], *, limit: int = 5, max_size: int = 4
) -> list[Consortium[Key]]:
    """Up to `limit` groups of at most `max_size` offers whose clauses together hold all `needs`, nobody in vain.

    Smaller groups first, then the better fit, then the order of `offers`, so that equal input gives equal output. No
    group contains another. No needs, no groups. Exact while the search stays under 50,000 steps; beyond that the
    larger groups may lack some.
    """
    if not needs or limit < 1:
        return []
    by_cover = _best_by_cover(frozenset(needs), offers, limit)
    rank = {key: position for position, key in enumerate(offers)}
    steps = _Steps()
    found: list[Consortium[Key]] = []
    for size in range(1, max_size + 1):
        groups = [
            _consortium(members, offers, rank)
            for covers in sorted(set(_coverings(frozenset(needs), tuple(by_cover), size, steps)), key=_order)
            for members in product(*(by_cover[cover] for cover in sorted(covers, key=sorted)))
        ]
        groups.sort(key=lambda group: (-group.fit, [rank[member] for member in group.members]))
        found += groups[: limit - len(found)]
        if len(found) == limit:
            break
    return found


def _best_by_cover(needs: frozenset[int], offers: Mapping[Key, Offer], limit: int) -> dict[frozenset[int], list[Key]]:
    """For each set of needs met alike, the `limit` best offers: a worse one could never be among the first."""
    by_cover: dict[frozenset[int], list[Key]] = {}
    for key, offer in offers.items():
        if cover := needs & offer.meets:
            by_cover.setdefault(cover, []).append(key)
    return {cover: sorted(keys, key=lambda key: -offers[key].fit)[:limit] for cover, keys in by_cover.items()}


class _Steps:
    """Counts the search's steps, so that it ends at the same place each time."""

    def __init__(self) -> None:
        self._taken = 0

    def are_left(self) -> bool:
        self._taken += 1
        return self._taken <= _MOST_STEPS


def _coverings(
    needs: frozenset[int], covers: tuple[frozenset[int], ...], size: int, steps: _Steps
) -> Iterator[frozenset[frozenset[int]]]:
    """Every set of exactly `size` covers that holds all needs and would not without any one of them."""

    def extend(chosen: frozenset[frozenset[int]], missing: frozenset[int]) -> Iterator[frozenset[frozenset[int]]]:
        if not missing:
            if len(chosen) == size and _is_nobody_idle(needs, chosen):
                yield chosen
            return
        if len(chosen) == size or not steps.are_left():
            return
        hardest = min(missing, key=lambda need: (sum(need in cover for cover in covers), need))
        for cover in covers:
            if hardest in cover and len(missing - cover) <= (size - len(chosen) - 1) * len(needs):
                yield from extend(chosen | {cover}, missing - cover)

    yield from extend(frozenset(), needs)


def _is_nobody_idle(needs: frozenset[int], chosen: frozenset[frozenset[int]]) -> bool:
    return all(frozenset().union(*(chosen - {cover})) < needs for cover in chosen)


def _order(covers: frozenset[frozenset[int]]) -> list[list[int]]:
    return sorted(sorted(cover) for cover in covers)


def _consortium(members: tuple[Key, ...], offers: Mapping[Key, Offer], rank: Mapping[Key, int]) -> Consortium[Key]:
    ordered = tuple(sorted(members, key=rank.__getitem__))
    return Consortium(ordered, sum(offers[member].fit for member in ordered) / len(ordered))
