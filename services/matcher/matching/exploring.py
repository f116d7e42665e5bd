"""Adds to a demand's matches some that just missed, each with the known chance it had."""

from collections.abc import Sequence
from dataclasses import replace

from matcher.engine import exploration
from matcher.matching.judging import Fit, Judge, ReadDemand, Standing


def with_explored(judge: Judge, demand: ReadDemand, standings: Sequence[Standing], fits: Sequence[Fit]) -> list[Fit]:
    """The matches, then those shown to learn from them. They are drawn for this version of the demand, so that ranking
    it again shows the same; matches are never displaced, so their own chance stays certain."""
    if not judge.exploration_share:
        return list(fits)
    matched = {fit.profile.id for fit in fits}
    missed = [standing for standing in standings if standing.profile.id not in matched]
    room = min(exploration.POOL, judge.limit - len(fits))
    near = judge.worthy(missed, least=judge.threshold - exploration.MARGIN, limit=room)
    by_id = {fit.profile.id: fit for fit in near}
    chance = exploration.chance(judge.exploration_share, shown=len(fits), candidates=len(near))
    taken = exploration.chosen(f"{demand.id}/{demand.version}", list(by_id), chance)
    return [*fits, *(replace(by_id[one], propensity=chance) for one in taken)]
