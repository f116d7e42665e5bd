"""Interests, points and weights, and what a decision must cover."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from catalog.solicitations.rules import ALL_POINTS
from common.contracts.words import DemandState, SolutionState
from common.errors import FieldFault, Forbidden, NotAllowedNow, invalid
from common.fields import OrganisationKey

MOST_SUM = ALL_POINTS * ALL_POINTS
"""The most that one score comes to: all points, all weights."""


class Total(NamedTuple):
    """All scores of one solution; whole numbers, so that no sum is rounded."""

    points_sum: int
    scores_count: int

    @property
    def points_most(self) -> int:
        return MOST_SUM * self.scores_count

    @property
    def share(self) -> Fraction:
        """Of all points it could have, so that solutions with more scores are no better for it."""
        return Fraction(self.points_sum, self.points_most) if self.scores_count else Fraction(0)


NOTHING = Total(0, 0)


def totals(scores: Iterable[tuple[UUID, int]]) -> dict[UUID, Total]:
    """By solution, of pairs of solution and sum."""
    found: dict[UUID, Total] = {}
    for solution_id, points_sum in scores:
        before = found.get(solution_id, NOTHING)
        found[solution_id] = Total(before.points_sum + points_sum, before.scores_count + 1)
    return found


def ranked(solutions: Iterable[UUID], found: Mapping[UUID, Total]) -> list[UUID]:
    """Best first; equal ones keep their order."""
    return sorted(solutions, key=lambda each: found.get(each, NOTHING).share, reverse=True)


def points_sum(criteria: Sequence[Mapping[str, Any]], points: Mapping[str, int]) -> int:
    """Points × weight over all criteria. Raises InvalidInput unless each criterion has its points, and nothing else."""
    names = [str(one["name"]) for one in criteria]
    faults = [
        *(
            _fault(name, f"give 0 … {ALL_POINTS} points for {name}", f"请为“{name}”评分")
            for name in names
            if name not in points
        ),
        *(
            _fault(name, f"there is no criterion {name}", f"没有评分标准“{name}”")
            for name in points
            if name not in names
        ),
    ]
    if faults:
        raise invalid(*faults)
    return sum(points[str(one["name"])] * int(one["weight"]) for one in criteria)


def _fault(name: str, detail: str, detail_zh: str) -> FieldFault:
    escaped = name.replace("~", "~0").replace("/", "~1")
    return FieldFault(detail, detail_zh, pointer=f"#/points/{escaped}")


def interests(
    declared: Iterable[OrganisationKey], own: OrganisationKey, parties: Collection[OrganisationKey]
) -> list[OrganisationKey]:
    """With whom among the parties to any solution an evaluator has ties: those they named, and their own
    organisation."""
    return [key for key in dict.fromkeys([*declared, own]) if key in parties]


def refuse_own(own: OrganisationKey, parties: Collection[OrganisationKey]) -> None:
    """Raises Forbidden when an evaluator's organisation submitted a solution or is a member of it."""
    if own in parties:
        raise Forbidden("Nobody scores a solution of their own organisation", "不得为本单位参与的方案评分")


def refuse_declared(is_named: bool) -> None:
    """Raises NotAllowedNow when somebody declares a second time."""
    if not is_named:
        raise NotAllowedNow("You have declared; a declaration stands", "您已申报，申报后不能更改")


def refuse_not_beginning(state: DemandState) -> None:
    """Raises NotAllowedNow for a demand that was ended meanwhile."""
    if state not in (DemandState.PUBLISHED, DemandState.CLOSED, DemandState.EVALUATING):
        raise NotAllowedNow(
            f"The demand is {state}, so nothing is evaluated; cancel the solicitation",
            "需求已终止，不能评审，请取消征集",
        )


def refuse_unscreened(count: int) -> None:
    """Raises NotAllowedNow while solutions are neither complete nor declined."""
    if count:
        raise NotAllowedNow(
            f"{count} solutions are not screened yet: POST /v1/solutions/{{id}}/examine",
            f"还有 {count} 个方案未审查：POST /v1/solutions/{{id}}/examine",
        )


def refuse_unscored(solutions: Iterable[UUID], found: Mapping[UUID, Total], needed: int) -> None:
    """Raises NotAllowedNow naming the solutions that have fewer scores than they need."""
    lacking = [str(each) for each in solutions if found.get(each, NOTHING).scores_count < needed]
    if lacking:
        raise NotAllowedNow(
            f"Each solution needs scores from {needed} evaluators; lacking: {', '.join(lacking)}",
            f"每个方案需有 {needed} 人评分，尚缺：{'、'.join(lacking)}",
        )


class Declined(Protocol):
    @property
    def solution_id(self) -> UUID: ...


def refuse_uncovered(chosen: Sequence[UUID], declined: Sequence[Declined], standing: Collection[UUID]) -> None:
    """Raises InvalidInput unless each standing solution is either chosen or declined for a reason, once."""
    if faults := (*_stray_faults(chosen, declined, standing), *_open_faults(chosen, declined, standing)):
        raise invalid(*faults)


def _stray_faults(
    chosen: Sequence[UUID], declined: Sequence[Declined], standing: Collection[UUID]
) -> Iterator[FieldFault]:
    seen: set[UUID] = set()
    named = [(f"#/chosen/{place}", each) for place, each in enumerate(chosen)]
    named += [(f"#/declined/{place}/solution_id", each.solution_id) for place, each in enumerate(declined)]
    for pointer, each in named:
        if each not in standing or each in seen:
            yield FieldFault("name a solution that stands, once", "请填写仍在评审中的方案，且只填一次", pointer=pointer)
        seen.add(each)


def _open_faults(
    chosen: Sequence[UUID], declined: Sequence[Declined], standing: Collection[UUID]
) -> Iterator[FieldFault]:
    told = {*chosen, *(each.solution_id for each in declined)}
    for each in standing:
        if each not in told:
            yield FieldFault(
                f"choose solution {each}, or decline it for a reason",
                f"请选定方案 {each}，或说明不予选定的理由",
                pointer="#/declined",
            )


def refuse_unrated(state: SolutionState) -> None:
    """Raises NotAllowedNow unless a solution is scored now."""
    if state not in (SolutionState.COMPLETE, SolutionState.SHORTLISTED):
        raise NotAllowedNow(
            f"The solution is {state}; those found complete are scored", "仅对审查合格且仍在评审中的方案评分"
        )
