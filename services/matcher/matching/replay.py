"""Computes a stored ranking again from the vectors of its time and says what, if anything, differs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from matcher.engine.ranking import receipts
from matcher.matching import fetch
from matcher.matching.context import Desk
from matcher.matching.judge import Fit, Judge, ReadDemand, ReadProfile, Standing
from matcher.matching.models import Ranking
from matcher.matching.rank import judged_demand, judged_profile, settings_of
from matcher.matching.schemas import MOST_SHOWN, RankedOut, RankingOut, ReadingOut, ReplayDifference, ReplayOut
from matcher.matching.service import SeenRanking
from matcher.reader.models import KeptReading
from matcher.subjects.kind import SubjectKind


def inputs_of(ranking: Ranking) -> receipts.Inputs:
    return receipts.Inputs(
        subject_kind=ranking.subject_kind,
        subject=(ranking.subject_id, ranking.subject_version),
        considered=list(zip(ranking.ids, ranking.versions, strict=True)),
        model_id=ranking.model_id,
        ranker_version=ranking.ranker_version,
        settings=ranking.settings,
    )


def receipt_of(seen: SeenRanking, read: Sequence[KeptReading] = ()) -> RankingOut:
    """The receipt with what was read of its matches. A replay asks no second reader: it has no part in the ranking."""
    ranking, only = seen
    inputs = inputs_of(ranking)
    if only is not None:
        inputs = replace(inputs, considered=[each for each in inputs.considered if each[0] in only])
    return RankingOut(
        id=ranking.id,
        subject_kind=ranking.subject_kind,
        subject_id=ranking.subject_id,
        subject_version=ranking.subject_version,
        model_id=ranking.model_id,
        ranker_version=ranking.ranker_version,
        digest=ranking.digest,
        inputs=inputs.document(),
        considered_count=len(ranking.ids),
        results=tuple(line for line in _lines(ranking) if only is None or line.id in only),
        readings=tuple(ReadingOut.model_validate(one, from_attributes=True) for one in read),
        created_at=ranking.created_at,
    )


def _lines(ranking: Ranking) -> Iterator[RankedOut]:
    fits = dict(zip(ranking.match_ids, ranking.match_fits, strict=True))
    ranked = zip(ranking.ids, ranking.versions, ranking.scores, strict=True)
    for rank, (one, version, score) in enumerate(ranked, start=1):
        yield RankedOut(rank=rank, id=one, version=version, score=score, fit=fits.get(one))


async def replay(desk: Desk, seen: SeenRanking) -> ReplayOut:
    """Identical when every input is as it was and each pair gets its place and its score to the last bit.

    Inputs that changed are named; the pairs that did not are compared all the same, since each is scored by itself.
    Under another model, whose vectors are others, that is left at the model, the ranker and the settings.
    """
    ranking, seat = seen.ranking, await desk.seat()
    if seat.model_id != ranking.model_id:
        other = ReplayDifference(what="model", was=ranking.model_id, now=seat.model_id)
        return _answer(seen, [other, *_changed_ways(seat.judge, ranking)])
    is_demand = ranking.subject_kind is SubjectKind.DEMAND
    demand_ids, profile_ids = [ranking.subject_id], ranking.ids
    if not is_demand:
        demand_ids, profile_ids = profile_ids, demand_ids
    async with desk.database.begin() as session:
        found_demands = await fetch.demands(session, desk, ranking.model_id, demand_ids)
        found_profiles = await fetch.profiles(session, desk, ranking.model_id, profile_ids)
    demands = await desk.run(desk.demands.filled, found_demands)
    profiles = await desk.run(desk.profiles.filled, found_profiles)
    differences = await desk.run(_differences, seat.judge, ranking, demands, profiles)
    return _answer(seen, differences)


def _answer(seen: SeenRanking, differences: Sequence[ReplayDifference]) -> ReplayOut:
    ranking, only = seen
    known = None if only is None else {None, ranking.subject_id, *only}
    shown = [each for each in differences if known is None or each.id in known]
    return ReplayOut(
        is_identical=not differences,
        digest=receipts.digest(inputs_of(ranking)),
        difference_count=len(differences),
        differences=tuple(shown[:MOST_SHOWN]),
    )


def _differences(
    judge: Judge, ranking: Ranking, demands: Sequence[ReadDemand], profiles: Sequence[ReadProfile]
) -> list[ReplayDifference]:
    versions = {demand.id: demand.version for demand in demands}
    versions |= {profile.id: profile.version for profile in profiles}
    changed = [*_changed_ways(judge, ranking), *_changed_inputs(ranking, versions)]
    if versions.get(ranking.subject_id) != ranking.subject_version:
        return changed
    scores = {
        one: score
        for one, version, score in zip(ranking.ids, ranking.versions, ranking.scores, strict=True)
        if versions.get(one) == version
    }
    standings, fits = _again(judge, ranking, demands, profiles)
    again = {_partner(ranking, standing): standing.score for standing in standings}
    if not changed:
        changed = list(_changed_matches(ranking, {_partner(ranking, fit): fit.fit for fit in fits}))
    return [*changed, *_changed_results(scores, again)]


def _changed_ways(judge: Judge, ranking: Ranking) -> Iterator[ReplayDifference]:
    if judge.ranker.version != ranking.ranker_version:
        yield ReplayDifference(what="ranker", was=ranking.ranker_version, now=judge.ranker.version)
    for name, now in settings_of(judge).items():
        if (was := ranking.settings.get(name)) != now:
            yield ReplayDifference(what="setting", was=f"{name} {was}", now=f"{name} {now}")


def _changed_inputs(ranking: Ranking, versions: dict[UUID, int]) -> Iterator[ReplayDifference]:
    if versions.get(ranking.subject_id) != ranking.subject_version:
        present = _version(versions.get(ranking.subject_id))
        yield ReplayDifference(
            what="subject", id=ranking.subject_id, was=_version(ranking.subject_version), now=present
        )
    for one, version in zip(ranking.ids, ranking.versions, strict=True):
        if versions.get(one) != version:
            yield ReplayDifference(what="considered", id=one, was=_version(version), now=_version(versions.get(one)))


def _version(number: int | None) -> str:
    return f"version {number}" if number else "no vectors of this model"


def _again(
    judge: Judge, ranking: Ranking, demands: Sequence[ReadDemand], profiles: Sequence[ReadProfile]
) -> tuple[list[Standing], list[Fit]]:
    if ranking.subject_kind is SubjectKind.DEMAND:
        return judged_demand(judge, demands[0], profiles)
    return judged_profile(judge, profiles[0], demands)


def _partner(ranking: Ranking, pair: Standing | Fit) -> UUID:
    return pair.profile.id if ranking.subject_kind is SubjectKind.DEMAND else pair.demand.id


def _changed_matches(ranking: Ranking, again: dict[UUID, int]) -> Iterator[ReplayDifference]:
    before = dict(zip(ranking.match_ids, ranking.match_fits, strict=True))
    for one in dict.fromkeys([*before, *again]):
        if before.get(one) != again.get(one):
            yield ReplayDifference(what="matches", id=one, was=_fit(before.get(one)), now=_fit(again.get(one)))


def _fit(fit: int | None) -> str:
    return "no match" if fit is None else f"fit {fit}"


def _changed_results(before: dict[UUID, float], again: dict[UUID, float]) -> Iterator[ReplayDifference]:
    """Both in ranked order; `again` may hold more."""
    scores = {one: score for one, score in again.items() if one in before}
    for one, score in before.items():
        if scores[one] != score:
            yield ReplayDifference(what="score", id=one, was=repr(score), now=repr(scores[one]))
    places = {one: place for place, one in enumerate(scores, start=1)}
    for place, one in enumerate(before, start=1):
        if places[one] != place:
            yield ReplayDifference(what="order", id=one, was=f"place {place}", now=f"place {places[one]}")
