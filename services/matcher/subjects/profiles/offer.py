"""What an organisation offers, in words: all that the ranking may read of a profile."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from sqlalchemy import Row

from common.contracts.matcher import OfferKind
from common.fields import Frozen, Language, Line, Text, Trl, Whole, wrong
from matcher.subjects.profiles.models import Profile

Track = Annotated[Line, Field(max_length=40)]
MOST_CHARACTERS = 100_000
"""Of all texts of an offer together, some sixty pages: whoever asks for its fits waits for all of it to be read."""


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
    """What is offered, in words: all that the ranking may read of a profile. All texts together have 100,000 characters
    at most.
    """

    offer_kind: OfferKind
    headline: Line = Field(examples=["不停车通过的集装箱五面残损识别与验箱系统"])
    summary: Text | None = None
    items: tuple[Item, ...] = Field((), max_length=50)
    cases: tuple[Case, ...] = Field((), max_length=50)
    products: tuple[Product, ...] = Field((), max_length=50)
    tracks: tuple[Track, ...] = Field((), max_length=20)
    language: Language | None = Field(None, description="Found out from the text when left out.")

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        count = sum(map(len, self._texts()))
        if count > MOST_CHARACTERS:
            raise wrong(
                f"shorten it to {MOST_CHARACTERS} characters in all; its texts have {count} together",
                f"请将全部文字缩减至 {MOST_CHARACTERS} 字以内，现共 {count} 字",
            )
        return self

    def _texts(self) -> Iterator[str]:
        yield from (self.headline, self.summary or "")
        for item in self.items:
            yield from (item.title, item.text or "")
        for case in self.cases:
            yield from (case.title, case.text or "")
        for product in self.products:
            yield from (product.name, product.text or "")


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
