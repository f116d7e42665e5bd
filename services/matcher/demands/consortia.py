"""Proposes groups of firms that together satisfy what a demand insists on."""

from collections.abc import Sequence
from uuid import UUID

from common.contracts.catalog import DemandSnapshot
from common.contracts.matcher import Outcome
from common.errors import Unavailable
from common.fields import OrganisationKey
from matcher.demands.schemas import ConsortiaAsk, ConsortiaOut, ConsortiumOut, MemberOut, UncoveredOut
from matcher.engine.ranking import consortium
from matcher.matching.context import Desk
from matcher.matching.judge import Fit, Judge, Standing
from matcher.matching.rank import rank_demands
from matcher.matching.repository import partners
from matcher.subjects.demands import repository
from matcher.subjects.kind import SubjectKind
from matcher.vectors import content

LOOKED_AT = 80
"""Profiles, best first, whose clauses are judged."""


async def propose(desk: Desk, organisation: OrganisationKey, demand_id: UUID, ask: ConsortiaAsk) -> ConsortiaOut:
    """For the owner's own demand, of profiles that are public or match it. Raises Unavailable while it still waits to
    be read."""
    async with desk.database.begin() as session:
        demand = (await repository.own(session, organisation, demand_id)).read()
        matched = (await partners(session, SubjectKind.DEMAND, [demand_id])).get(demand_id, [])
    seat = await desk.seat()
    for ranked in await rank_demands(desk, seat, [demand.id]):
        if ranked.subject_version == demand.version:
            shown = [one for one in ranked.standings if one.profile.is_public or one.profile.id in matched]
            return await desk.run(_proposed, seat.judge, demand, shown, ask)
    raise Unavailable("The demand still waits to be read; try again shortly", "该需求尚在读取，请稍后再试")


def _proposed(judge: Judge, demand: DemandSnapshot, standings: Sequence[Standing], ask: ConsortiaAsk) -> ConsortiaOut:
    # Whoever does not fit at all is no partner, though a clause of it may sound alike.
    fitting = [standing for standing in standings if standing.score >= judge.threshold and standing.is_admitted]
    firms: dict[OrganisationKey, list[Fit]] = {}
    for fit in judge.explained_all(fitting[:LOOKED_AT]):
        firms.setdefault(fit.profile.organisation, []).append(fit)
    offers = {firm: consortium.Capability(_met(*fits), fits[0].score) for firm, fits in firms.items()}
    binding = {at: one.clause.text for at, one in enumerate(content.askings(demand)) if one.clause.is_hard}
    met = frozenset[int]().union(*(offer.meets for offer in offers.values()))
    groups = consortium.smallest_sets(binding.keys() & met, offers, limit=ask.limit, max_size=ask.max_size)
    return ConsortiaOut(
        demand_id=demand.id,
        demand_version=demand.version,
        binding_count=len(binding),
        uncovered=tuple(UncoveredOut(clause=at, text=text) for at, text in binding.items() if at not in met),
        consortia=tuple(
            ConsortiumOut(
                fit=round(group.fit),
                members=tuple(_member(fit) for firm in group.members for fit in _needed(firms[firm])),
            )
            for group in groups
        ),
    )


def _met(*fits: Fit) -> frozenset[int]:
    """The binding clauses that one profile or another of a firm satisfies."""
    return frozenset(
        ruling.position
        for fit in fits
        for ruling in fit.rulings
        if ruling.is_hard and ruling.outcome is Outcome.SATISFIED
    )


def _needed(fits: Sequence[Fit]) -> list[Fit]:
    """Of a firm's profiles those that add a clause, the one that satisfies most first."""
    needed: list[Fit] = []
    for fit in sorted(fits, key=lambda fit: -len(_met(fit))):
        if not _met(fit) <= _met(*needed):
            needed.append(fit)
    return needed


def _member(fit: Fit) -> MemberOut:
    met = _met(fit)
    return MemberOut(
        profile_id=fit.profile.id,
        profile_headline=fit.profile.offer.headline,
        organisation=fit.profile.organisation,
        organisation_name=fit.profile.organisation_name,
        fit=fit.fit,
        covers=tuple(verdict for verdict in fit.verdicts if verdict.clause in met),
    )
