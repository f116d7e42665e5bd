"""What the owner of a demand is told about its matching."""

from uuid import UUID

from common.contracts.matcher import Band, ClauseVerdict
from common.fields import Frozen, OrganisationKey


class NearOut(Frozen):
    """A profile near to a demand that did not become its match, with what it lacks."""

    profile_id: UUID
    profile_version: int
    profile_headline: str
    profile_organisation: OrganisationKey
    profile_organisation_name: str
    fit: int
    band: Band
    summary: str
    verdicts: tuple[ClauseVerdict, ...]


class NearestOut(Frozen):
    """Best first. `least_fit` is what a match needs."""

    demand_id: UUID
    demand_version: int
    least_fit: int
    nearest: tuple[NearOut, ...]
