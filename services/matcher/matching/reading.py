"""Makes of stored rows what the judge reads."""

from typing import Any

import numpy as np
from sqlalchemy import Row

from common.contracts.catalog import DemandSnapshot
from common.fields import OrganisationKey
from matcher.demands.models import DemandCopy
from matcher.matching.judging import ReadDemand, ReadProfile
from matcher.profiles.models import Profile
from matcher.profiles.schemas import Case, Item, Offer, Product
from matcher.vectors import views
from matcher.vectors.codec import from_halfvec, kept, unpacked
from matcher.vectors.repository import StoredDemand, StoredProfile


def snapshot_of(demand: DemandCopy) -> DemandSnapshot:
    return DemandSnapshot.read(demand.snapshot)


def offer_of(profile: Profile | Row[Any]) -> Offer:
    """What may be read of a profile; who is behind it stays out."""
    # Not validated again: it was when it was stored, and a ranking reads hundreds.
    return Offer.model_construct(
        offer_kind=profile.offer_kind,
        headline=profile.headline,
        summary=profile.summary or None,
        items=tuple(Item.model_construct(**item) for item in profile.items),
        cases=tuple(Case.model_construct(**case) for case in profile.cases),
        products=tuple(Product.model_construct(**product) for product in profile.products),
        tracks=tuple(profile.tracks),
        language=profile.language,
    )


def read_demand(stored: StoredDemand) -> ReadDemand:
    snapshot = DemandSnapshot.read(stored.snapshot)
    title, body = from_halfvec(stored.title), from_halfvec(stored.body)
    parts = unpacked(stored.parts, len(title))
    return ReadDemand(snapshot, views.demand_view(snapshot, stored.language, (title, body), parts))


def read_profile(stored: StoredProfile) -> ReadProfile:
    profile, offer = stored.profile, offer_of(stored.profile)
    headline, body = from_halfvec(stored.headline), from_halfvec(stored.body)
    parts = kept(stored.parts, len(headline))
    items = parts[: len(offer.items)].astype(np.float32)
    return ReadProfile(
        id=profile.id,
        version=profile.version,
        organisation=OrganisationKey.model_construct(
            scheme=profile.organisation_scheme, code=profile.organisation_code
        ),
        organisation_name=profile.organisation_name,
        offer=offer,
        view=views.profile_view(offer, profile.language, (headline, body), items),
        sentence_vectors=parts[len(offer.items) :],
        division=profile.division,
    )
