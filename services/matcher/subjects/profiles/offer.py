"""What an organisation offers, in words: all that the ranking may read of a profile."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row

from common.contracts.matcher import OfferKind
from common.fields import Frozen, Language, Line, Text, Trl, Whole
from matcher.subjects.profiles.models import Profile

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
    year: Whole | None = Field(None, ge=1950, le=2100)


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
