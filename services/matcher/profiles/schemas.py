"""What a capability profile looks like over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from common.contracts.matcher import OfferKind
from common.contracts.words import OwnershipForm, SizeClass
from common.fields import Division, Frozen, Language, OrganisationKey
from matcher.subjects.profiles.offer import Case, Item, Offer, Product
from matcher.subjects.profiles.rules import ProfileState, ProfileVisibility


class ProfileIn(Offer):
    """An offer, with what no ranking reads: who makes it."""

    division: Division | None = None
    visibility: ProfileVisibility | None = Field(
        None,
        description="Who may read it beside your organisation: `public`, everyone; `parties`, owners of demands that "
        "it matches now; `hidden`, nobody, and it is matched with nothing. Left out: `public` when it is made, as it "
        "was when it is replaced.",
    )
    ownership: OwnershipForm | None = Field(
        None,
        description="Counted in `GET /v1/exposure`; changes no fit. Left out: not declared when it is made, as it was "
        "when it is replaced; null: not declared.",
    )
    size_class: SizeClass | None = Field(None, description="Likewise.")


class BatchIn(Frozen):
    profiles: tuple[ProfileIn, ...] = Field(min_length=1, max_length=200)


class ValidatedFigureOut(Frozen):
    """A measurement in one sentence."""

    model_config = ConfigDict(extra="ignore")

    metric: str
    about: str | None
    statement: str
    is_met: bool = Field(description="Whether it was what the demand of the validation asked.")


class ProfileValidationOut(Frozen):
    """An accepted validation, signed by its host: evidence that verdicts cite before anything the firm says."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    host: OrganisationKey
    host_name: str
    demand_id: UUID
    result_sha256: str
    accepted_at: datetime
    figures: tuple[ValidatedFigureOut, ...]


class ProfileOut(Frozen):
    id: UUID
    version: int
    state: ProfileState
    visibility: ProfileVisibility
    organisation: OrganisationKey
    organisation_name: str
    offer_kind: OfferKind
    language: Language
    headline: str
    summary: str
    items: tuple[Item, ...]
    cases: tuple[Case, ...]
    products: tuple[Product, ...]
    tracks: tuple[str, ...]
    division: str | None
    ownership: OwnershipForm | None
    size_class: SizeClass | None
    validations: tuple[ProfileValidationOut, ...] = Field((), description="The last accepted first.")
    created_at: datetime
    updated_at: datetime


class ProfileTwinOut(Frozen):
    """An active profile that says largely the same, of whatever organisation: one firm on several rows is one too.

    `likeness` is 0 … 100, `shared` are the longest common passages.
    """

    profile_id: UUID
    offer_kind: OfferKind
    headline: str
    organisation: OrganisationKey
    organisation_name: str
    is_same_organisation: bool
    division: str | None
    created_at: datetime
    likeness: int = Field(ge=0, le=100)
    shared: tuple[str, ...]


class ProfileTwinsOut(Frozen):
    """Most alike first. Nothing here blocks."""

    twins: tuple[ProfileTwinOut, ...]


class ProfileSavedOut(ProfileOut):
    """A profile as it was just saved, with the three that it repeats most; all of them are under its `/twins`."""

    twins: tuple[ProfileTwinOut, ...]


class BatchOut(Frozen):
    """The new profiles, in the order they were sent."""

    profiles: tuple[ProfileSavedOut, ...]
