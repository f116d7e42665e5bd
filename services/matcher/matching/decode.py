"""Makes of stored rows what the judge reads."""

import numpy as np

from common.contracts.catalog import DemandSnapshot
from common.fields import OrganisationKey
from matcher.matching.judge import ReadDemand, ReadProfile
from matcher.subjects.profiles.offer import offer_of
from matcher.vectors import content
from matcher.vectors.codec import from_halfvec, kept, unpacked
from matcher.vectors.repository import StoredDemand, StoredProfile


def read_demand(stored: StoredDemand) -> ReadDemand:
    snapshot = DemandSnapshot.read(stored.snapshot)
    title, body = from_halfvec(stored.title), from_halfvec(stored.body)
    parts = unpacked(stored.parts, len(title))
    return ReadDemand(snapshot, content.demand_view(snapshot, stored.language, (title, body), parts))


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
        view=content.profile_view(offer, profile.language, (headline, body), items),
        sentence_vectors=parts[len(offer.items) :],
        division=profile.division,
    )
