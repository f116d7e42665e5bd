"""Says what is embedded of a demand and of a profile, and makes of their vectors what the ranker sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from common.contracts.catalog import DemandSnapshot
from common.contracts.clauses import Clause
from common.contracts.matcher import Span
from common.fields import Language
from matcher.engine.clauses import requirement, split
from matcher.engine.embedding import Matrix, Vector
from matcher.engine.ranking.views import DemandView, ProfileView
from matcher.engine.verdicts.evidence import EvidenceText, Sentence, sentences
from matcher.engine.words import lexical
from matcher.engine.words.memo import ByteBoundedCache, text_size
from matcher.subjects.profiles.offer import Item, Offer
from matcher.vectors.encoder import RoleText, TextRole

MOST_CLAUSES = 100
"""A demand that states no clauses is split into at most so many."""
MOST_SENTENCES, MOST_CHARACTERS = 400, 8_000
"""Sentences of a profile that get vectors, and how long they may be together: a hundred characters take a processor
some 50 ms. Those beyond are judged by their words alone, and so is the rest of one that runs on."""
MOST_ASKED = 64
"""Words a full-text search looks for."""
MOST_KEPT = 512
"""Words a profile can be found by."""


@dataclass(frozen=True)
class AskedClause:
    """A clause of a demand, and where it stands: in its own field, or in the text it was split from."""

    clause: Clause
    span: Span


@dataclass(frozen=True)
class DemandTexts:
    """The texts of a demand that have vectors of their own; `asked` fixes their order."""

    title: str
    body: str
    clauses: tuple[str, ...]

    @property
    def asked(self) -> list[RoleText]:
        return [(TextRole.QUERY, text) for text in (self.title, self.body, *self.clauses)]

    @property
    def lexemes(self) -> tuple[str, ...]:
        return tuple(lexical.query_lexemes(self.title, most=MOST_ASKED))


@dataclass(frozen=True)
class ProfileTexts:
    """The texts of a profile that have vectors of their own; `asked` fixes their order."""

    headline: str
    body: str
    items: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def asked(self) -> list[RoleText]:
        return [(TextRole.PASSAGE, text) for text in (self.headline, self.body, *self.items, *self.sentences)]

    @property
    def lexemes(self) -> tuple[str, ...]:
        return tuple(lexical.query_lexemes("\n".join((self.headline, *self.items)), most=MOST_KEPT))


def demand_texts(demand: DemandSnapshot) -> DemandTexts:
    asked = demand.clauses or tuple(one.clause for one in askings(demand))
    return DemandTexts(demand.title, f"{demand.title}\n{demand.need}", tuple(clause.text for clause in asked))


def askings(demand: DemandSnapshot) -> tuple[AskedClause, ...]:
    """The clauses its owner stated, with their figures read where only the text is given; where there are none, those
    its text is split into."""
    if not demand.clauses:
        return _split(demand.need)
    return tuple(
        AskedClause(
            requirement.completed(clause), Span(source=f"clauses/{at}", start=0, end=len(clause.text), text=clause.text)
        )
        for at, clause in enumerate(demand.clauses)
    )


def _asked_in(need: str) -> tuple[AskedClause, ...]:
    return tuple(AskedClause(found.clause, found.span) for found in split.split(need)[:MOST_CLAUSES])


_ASKING_SIZE = 4_000
_split = ByteBoundedCache(
    _asked_in, size_of=lambda need, found: 2 * text_size(need) + _ASKING_SIZE * len(found), most_bytes=32 << 20
)


def profile_texts(offer: Offer) -> ProfileTexts:
    items = tuple(item_text(item) for item in offer.items)
    body = "\n".join(part for part in (offer.headline, offer.summary, *items) if part)
    told = sentences(evidence_texts(offer))
    return ProfileTexts(offer.headline, body, items, tuple(told[at].text for at in embedded(told)))


def embedded(told: Sequence[Sentence]) -> list[int]:
    """The places of the sentences of a profile that get vectors, in order."""
    places = [at for at, sentence in enumerate(told) if not sentence.is_rest][:MOST_SENTENCES]
    lengths = accumulate(len(told[at].text) for at in places)
    return [at for at, length in zip(places, lengths, strict=True) if length <= MOST_CHARACTERS]


def item_text(item: Item) -> str:
    return f"{item.title}\n{item.text}" if item.text else item.title


def evidence_texts(offer: Offer) -> list[EvidenceText]:
    """Everything the offer says, each text under its place in the profile's JSON."""
    texts = [EvidenceText("headline", offer.headline), EvidenceText("summary", offer.summary or "")]
    for at, item in enumerate(offer.items):
        texts.append(EvidenceText(f"items/{at}/title", item.title, item.trl))
        texts.append(EvidenceText(f"items/{at}/text", item.text or "", item.trl))
    for at, case in enumerate(offer.cases):
        texts += [EvidenceText(f"cases/{at}/title", case.title), EvidenceText(f"cases/{at}/text", case.text or "")]
    for at, product in enumerate(offer.products):
        name, text = product.name, product.text or ""
        texts += [EvidenceText(f"products/{at}/name", name), EvidenceText(f"products/{at}/text", text)]
    return texts


def words_of(offer: Offer) -> Iterator[str]:
    """Every text a person wrote in the offer."""
    return (text.text for text in evidence_texts(offer))


def demand_view(demand: DemandSnapshot, language: Language, faces: Sequence[Vector], parts: Matrix) -> DemandView:
    """`faces` are the vectors of title and body, `parts` (c, d) those of the clauses."""
    texts = demand_texts(demand)
    return DemandView(demand.title, demand.need, texts.clauses, language, faces[0], faces[1], parts)


def profile_view(offer: Offer, language: Language, faces: Sequence[Vector], parts: Matrix) -> ProfileView:
    """`faces` are the vectors of headline and body, `parts` (i + s, d) those of items and then of sentences."""
    items = tuple(item_text(item) for item in offer.items)
    return ProfileView(offer.headline, offer.summary or "", items, language, faces[0], faces[1], parts[: len(items)])
