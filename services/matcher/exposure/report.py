"""Works out a report of exposure from what the rankings of a period say."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from matcher.exposure import rules, significance
from matcher.exposure.repository import Declared, ExposureCell
from matcher.exposure.rules import LABELS_ZH, MERGED, UNKNOWN, ExposureDimension
from matcher.exposure.schemas import ExposureRow
from matcher.exposure.significance import RankedGroup

Named = Callable[[ExposureCell | Declared], str]
"""The group of a cell or of an organisation, under the name by which it is shown."""


def items(cells: Sequence[ExposureCell], declared: Sequence[Declared], least: int) -> list[ExposureRow]:
    """The groups of every dimension of which something may be shown, the largest pool first, MERGED last."""
    rows: list[ExposureRow] = []
    for dimension in ExposureDimension:
        members: dict[str, set[tuple[str, str]]] = {}
        for cell in cells:
            members.setdefault(_group(cell, dimension), set())
        for one in declared:
            members.setdefault(_group(one, dimension), set()).add((one.scheme, one.code))
        names = rules.shown_as(members, least)
        if names is not None:
            rows += _dimension(dimension, cells, declared, names)
    return rows


def _group(one: ExposureCell | Declared, dimension: ExposureDimension) -> str:
    word: str | None = getattr(one, dimension)
    return UNKNOWN if word is None else str(word)


def _dimension(
    dimension: ExposureDimension, cells: Sequence[ExposureCell], declared: Sequence[Declared], names: Mapping[str, str]
) -> list[ExposureRow]:
    def named(one: ExposureCell | Declared) -> str:
        return names[_group(one, dimension)]

    counted = Counter(group for group, *_ in {(named(one), one.scheme, one.code) for one in declared})
    groups = _groups(cells, named)
    exact = [significance.shown_p(some) for some in groups.values()]
    placed = [significance.exposure(some) for some in groups.values()]
    exact_adjusted = significance.adjusted(exact)
    placed_adjusted = significance.adjusted([one.p for one in placed])
    rows = [
        ExposureRow(
            dimension=dimension,
            group=group,
            label=LABELS_ZH.get(group, group),
            organisations=counted[group],
            **_counts(some),
            exposure=round(placed[at].observed, 3),
            expected_exposure=round(placed[at].expected, 3),
            shown_p=exact[at],
            shown_p_adjusted=exact_adjusted[at],
            exposure_p=placed[at].p,
            exposure_p_adjusted=placed_adjusted[at],
        )
        for at, (group, some) in enumerate(groups.items())
    ]
    return sorted(rows, key=lambda row: (row.group == MERGED, -row.considered, row.group))


class _Sizes(NamedTuple):
    """How many a ranking considered, and showed."""

    pool: int
    shown: int


def _groups(cells: Sequence[ExposureCell], named: Named) -> dict[str, list[RankedGroup]]:
    """Of each group what each ranking says that considered any of it."""
    sizes: dict[UUID, _Sizes] = {}
    own: dict[tuple[str, UUID], tuple[int, list[int]]] = {}
    for cell in cells:
        before = sizes.get(cell.ranking_id, _Sizes(0, 0))
        sizes[cell.ranking_id] = _Sizes(before.pool + cell.considered, before.shown + len(cell.places))
        count, places = own.get((named(cell), cell.ranking_id), (0, []))
        own[named(cell), cell.ranking_id] = (count + cell.considered, [*places, *cell.places])
    found: dict[str, list[RankedGroup]] = {}
    for (group, ranking_id), (count, places) in own.items():
        pool, shown = sizes[ranking_id]
        found.setdefault(group, []).append(RankedGroup(pool, count, shown, places))
    return found


def _counts(rankings: Sequence[RankedGroup]) -> dict[str, float | int]:
    places = [place for each in rankings for place in each.places]
    return {
        "considered": sum(each.own for each in rankings),
        "shown": len(places),
        "expected_shown": round(significance.expected_shown(rankings), 3),
        **dict(_ranks(places)),
    }


def _ranks(places: Sequence[int]) -> Iterator[tuple[str, int]]:
    for name, first, last in (("rank_1", 1, 1), ("rank_2_3", 2, 3), ("rank_4_10", 4, 10), ("rank_11_up", 11, None)):
        yield name, sum(first <= place and (last is None or place <= last) for place in places)
