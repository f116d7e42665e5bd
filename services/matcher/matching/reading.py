"""Makes of stored rows what the judge reads."""

from common.contracts.catalog import DemandSnapshot
from matcher.demands.models import DemandCopy
from matcher.matching.judging import ReadDemand, ReadProfile
from matcher.profiles.models import Profile
from matcher.profiles.schemas import Offer
from matcher.vectors import views
from matcher.vectors.codec import from_halfvec, unpacked
from matcher.vectors.repository import StoredDemand, StoredProfile


def snapshot_of(demand: DemandCopy) -> DemandSnapshot:
    return DemandSnapshot.model_validate(demand.snapshot)


def offer_of(profile: Profile) -> Offer:
    """What may be read of a profile; who is behind it stays out."""
    return Offer.model_validate(
        {name: getattr(profile, name) or None for name in ("summary", "language")}
        | {name: getattr(profile, name) for name in ("offer_kind", "headline", "items", "cases", "products", "tracks")}
    )


def read_demand(stored: StoredDemand) -> ReadDemand:
    snapshot = snapshot_of(stored.demand)
    title, body = from_halfvec(stored.title), from_halfvec(stored.body)
    parts = unpacked(stored.parts, len(title))
    return ReadDemand(snapshot, views.demand_view(snapshot, stored.language, (title, body), parts))


def read_profile(stored: StoredProfile) -> ReadProfile:
    offer = offer_of(stored.profile)
    headline, body = from_halfvec(stored.headline), from_halfvec(stored.body)
    parts = unpacked(stored.parts, len(headline))
    return ReadProfile(
        id=stored.profile.id,
        version=stored.profile.version,
        organisation=stored.profile.organisation,
        organisation_name=stored.profile.organisation_name,
        offer=offer,
        view=views.profile_view(offer, stored.language, (headline, body), parts),
        sentence_vectors=parts[len(offer.items) :],
    )
