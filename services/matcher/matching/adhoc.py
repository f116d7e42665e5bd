"""Answers which open demands some words fit, and stores nothing of it."""

from collections.abc import Sequence
from datetime import datetime

from common import tracks
from common.auth import Principal
from common.clock import new_id
from common.contracts.matcher import OFFER_FOR, OfferKind
from common.contracts.words import DemandKind
from common.errors import FieldFault, Unavailable, invalid
from matcher.engine.words.language import language_of
from matcher.matching import fetch, rules
from matcher.matching.context import Desk, Seat
from matcher.matching.judge import Fit, ReadDemand, ReadProfile
from matcher.matching.rank import profile_probe
from matcher.matching.schemas import DemandFitOut, FitAsk, FitsOut
from matcher.matching.shortlist import DEMAND_FOR, worth_scoring
from matcher.search.repository import OpenDemands
from matcher.subjects.profiles.offer import Offer
from matcher.vectors import content
from matcher.vectors import repository as vectors
from matcher.vectors.codec import packed, unpacked
from matcher.vectors.encoder import Encoder

NEAREST = 3
"""How many of those that do not fit are shown with what they lack."""


async def answer(desk: Desk, ask: FitAsk, caller: Principal, at: datetime) -> FitsOut:
    """Open demands for the asked words, best first. Raises Unavailable without a usable model."""
    offer = _offer_of(ask)
    among = OpenDemands(at, _kind_of(ask), ask.domain, _track_of(ask, desk), ask.division)
    seat, profile = await _seated(desk, offer, caller)
    near = await worth_scoring(desk.database, seat.model_id, profile_probe(profile), among, desk.settings)
    async with desk.database.begin() as session:
        found = await fetch.demands(session, desk, seat.model_id, near)
    demands = await desk.run(desk.demands.filled, found)
    return await desk.run(_judged, seat, ask, profile, demands)


async def _seated(desk: Desk, offer: Offer, caller: Principal) -> tuple[Seat, ReadProfile]:
    """The offer read by the model in use, once more when that changed meanwhile."""
    for _ in range(2):
        seat = await desk.seat()
        profile = await _read(seat.encoder, offer, caller)
        async with desk.database.begin() as session:
            active = await vectors.active_model(session)
        if active is not None and active.id == seat.model_id:
            return seat, profile
    raise Unavailable("The embedding model is being switched", "正在切换向量模型", retry_after_s=1)


def _offer_of(ask: FitAsk) -> Offer:
    if ask.profile is not None:
        return ask.profile
    assert ask.text is not None
    kind = OFFER_FOR[ask.kind] if ask.kind else OfferKind.SOLUTION
    return Offer(offer_kind=kind, headline=rules.headline_of(ask.text), summary=ask.text)


def _track_of(ask: FitAsk, desk: Desk) -> str | None:
    return tracks.one(ask.track, desk.settings.platform.tracks, pointer="#/track") if ask.track else None


def _kind_of(ask: FitAsk) -> DemandKind | None:
    if ask.profile is None:
        return ask.kind
    implied = DEMAND_FOR[ask.profile.offer_kind]
    if ask.kind not in (None, implied):
        raise invalid(
            FieldFault(
                f"leave it out or give {implied}: that is what an offer of {ask.profile.offer_kind} answers",
                f"请留空或填写 {implied}：offer_kind 为 {ask.profile.offer_kind} 的画像对应此类需求",
                pointer="#/kind",
            )
        )
    return implied


async def _read(encoder: Encoder, offer: Offer, caller: Principal) -> ReadProfile:
    rows = await encoder.encode(content.profile_texts(offer).asked, is_urgent=True)
    # Through the same precision as stored vectors, so that a profile saved later gets the fits it was shown.
    rows = unpacked(packed(rows), rows.shape[1])
    language = offer.language or language_of(content.words_of(offer))
    return ReadProfile(
        id=new_id(),
        version=1,
        organisation=caller.organisation,
        organisation_name=caller.organisation_name,
        offer=offer,
        view=content.profile_view(offer, language, (rows[0], rows[1]), rows[2:]),
        sentence_vectors=rows[2 + len(offer.items) :],
    )


def _judged(seat: Seat, ask: FitAsk, profile: ReadProfile, demands: Sequence[ReadDemand]) -> FitsOut:
    judge = seat.judge
    least = min(judge.threshold, judge.ranker.least_shown) if ask.least_fit is None else float(ask.least_fit)
    standings = judge.ranked_demands(profile, demands)
    fits = judge.worthy(standings, least=least, limit=ask.limit)
    shown = {fit.demand.id for fit in fits}
    others = [one for one in standings if one.demand.id not in shown and one.is_related]
    nearest = [] if len(fits) == ask.limit else judge.explained_all(others[:NEAREST])
    return FitsOut(
        least_fit=round(least),
        fits=tuple(_shown(fit) for fit in fits),
        nearest=tuple(_shown(fit) for fit in nearest),
        model_id=seat.model_id,
        ranker_version=judge.ranker.version,
    )


def _shown(fit: Fit) -> DemandFitOut:
    demand = fit.demand.snapshot
    return DemandFitOut(
        demand_id=demand.id,
        demand_version=demand.version,
        demand_kind=demand.kind,
        demand_title=demand.title,
        demand_owner=demand.owner,
        demand_owner_name=demand.owner_name,
        domain=demand.domain,
        tracks=demand.tracks,
        division=demand.division,
        locality=demand.locality,
        opens_at=demand.opens_at,
        closes_at=demand.closes_at,
        fit=fit.fit,
        band=fit.band,
        summary=fit.summary,
        verdicts=fit.verdicts,
    )
