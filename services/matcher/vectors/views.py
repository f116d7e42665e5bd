"""Says what is embedded of a demand and of a profile, and makes of their vectors what the ranker sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.contracts.catalog import DemandSnapshot
from common.fields import Language
from matcher.engine import lexical
from matcher.engine.embedding import Matrix, Vector
from matcher.engine.views import DemandView, ProfileView
from matcher.profiles.schemas import Item, Offer
from matcher.vectors.encoder import Asked, Role


@dataclass(frozen=True)
class DemandTexts:
    """The texts of a demand that have vectors of their own; `asked` fixes their order."""

    title: str
    body: str
    clauses: tuple[str, ...]

    @property
    def asked(self) -> list[Asked]:
        return [(Role.QUERY, text) for text in (self.title, self.body, *self.clauses)]

    @property
    def lexemes(self) -> tuple[str, ...]:
        return tuple(lexical.query_lexemes(self.title))


@dataclass(frozen=True)
class ProfileTexts:
    """The texts of a profile that have vectors of their own; `asked` fixes their order."""

    headline: str
    body: str
    items: tuple[str, ...]

    @property
    def asked(self) -> list[Asked]:
        return [(Role.PASSAGE, text) for text in (self.headline, self.body, *self.items)]

    @property
    def lexemes(self) -> tuple[str, ...]:
        return tuple(lexical.query_lexemes("\n".join((self.headline, *self.items)), most=512))


def demand_texts(demand: DemandSnapshot) -> DemandTexts:
    return DemandTexts(demand.title, f"{demand.title}\n{demand.need}", tuple(clause.text for clause in demand.clauses))


def profile_texts(offer: Offer) -> ProfileTexts:
    items = tuple(item_text(item) for item in offer.items)
    body = "\n".join(part for part in (offer.headline, offer.summary, *items) if part)
    return ProfileTexts(offer.headline, body, items)


def item_text(item: Item) -> str:
    return f"{item.title}\n{item.text}" if item.text else item.title


def words_of(offer: Offer) -> Iterator[str]:
    """Every text a person wrote in the offer."""
    yield offer.headline
    yield offer.summary or ""
    yield from (f"{item.title}\n{item.text or ''}" for item in offer.items)
    yield from (f"{case.title}\n{case.text or ''}" for case in offer.cases)
    yield from (f"{product.name}\n{product.text or ''}" for product in offer.products)


def demand_view(demand: DemandSnapshot, language: Language, faces: Sequence[Vector], parts: Matrix) -> DemandView:
    """`faces` are the vectors of title and body, `parts` (c, d) those of the clauses."""
    texts = demand_texts(demand)
    return DemandView(demand.title, demand.need, texts.clauses, language, faces[0], faces[1], parts)


def profile_view(offer: Offer, language: Language, faces: Sequence[Vector], parts: Matrix) -> ProfileView:
    """`faces` are the vectors of headline and body, `parts` (i, d) those of the items."""
    texts = profile_texts(offer)
    return ProfileView(offer.headline, offer.summary or "", texts.items, language, faces[0], faces[1], parts)
