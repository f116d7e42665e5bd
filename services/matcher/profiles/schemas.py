"""What a capability profile looks like over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.contracts.matcher import OfferKind
from common.fields import Division, Frozen, Language, Line, OrganisationKey, Text, Trl
from matcher.profiles.rules import ProfileState

Track = Annotated[Line, Field(max_length=40)]


class Item(Frozen):
    """One thing the organisation can do, as precisely as it can say it: figures make verdicts possible."""

    title: Line
    text: Text | None = None
    trl: Trl | None = None


class Case(Frozen):
    """Where it has been done."""

    title: Line
    text: Text | None = None
    year: int | None = Field(None, ge=1950, le=2100)


class Product(Frozen):
    name: Line
    text: Text | None = None


class Offer(Frozen):
    """What is offered, in words: all that the ranking may read of a profile."""

    offer_kind: OfferKind
    headline: Line = Field(examples=["不停车通过的集装箱五面残损识别与验箱系统"])
    summary: Text | None = None
    items: tuple[Item, ...] = Field((), max_length=50)
    cases: tuple[Case, ...] = Field((), max_length=50)
    products: tuple[Product, ...] = Field((), max_length=50)
    tracks: tuple[Track, ...] = Field((), max_length=20)
    language: Language | None = Field(None, description="Found out from the text when left out.")


class ProfileIn(Offer):
    division: Division | None = None


class BatchIn(Frozen):
    profiles: tuple[ProfileIn, ...] = Field(min_length=1, max_length=200)


class ProfileOut(Frozen):
    id: UUID
    version: int
    state: ProfileState
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
