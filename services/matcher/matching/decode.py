"""Makes of stored rows what the judge reads."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from common.contracts.catalog import DemandSnapshot
from common.contracts.matcher import CitedValidation
from common.fields import OrganisationKey
from matcher.engine.verdicts.by_validation import Validated, ValidatedFact
from matcher.matching.judge import NOTHING_MEASURED, ReadDemand, ReadProfile
from matcher.subjects.profiles.offer import offer_of
from matcher.subjects.profiles.rules import ProfileVisibility, in_force
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
        is_public=profile.visibility is ProfileVisibility.PUBLIC,
        validated=_validated(in_force(profile.heard_validations)) if profile.heard_validations else NOTHING_MEASURED,
    )


def _validated(accepted: list[dict[str, Any]]) -> Validated:
    """What was measured, of validations as catalog tells them."""
    return Validated(tuple(fact for one in accepted for fact in _facts(one)))


def _facts(told: dict[str, Any]) -> Iterator[ValidatedFact]:
    cited = CitedValidation(
        id=told["id"],
        host=told["host"],
        host_name=told["host_name"],
        result_sha256=told["result_sha256"],
        verification=f"/v1/validations/{told['id']}/verification",
    )
    for place, figure in enumerate(told["figures"]):
        source = f"validations/{told['id']}/measurements/{place}/statement"
        yield ValidatedFact(cited, source, figure["metric"], figure["about"] or "", figure["statement"])
