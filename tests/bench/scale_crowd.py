"""A crowd of synthetic offers and demands: texts of the samples, vectors in clusters around their real ones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.clock import new_id
from common.contracts.catalog import DemandSnapshot
from common.contracts.matcher import OfferKind
from common.fields import Language
from matcher.engine.embedding import Embedder, Matrix
from matcher.engine.words.language import language_of
from matcher.subjects.profiles.offer import Offer
from matcher.vectors import content
from matcher.vectors.codec import packed
from matcher.vectors.encoder import RoleText, TextRole

SAMPLES = Path(__file__).parents[2] / "deploy" / "embedded" / "samples"
SHARES: dict[tuple[OfferKind, Language], float] = {
    (OfferKind.SOLUTION, "zh"): 0.50,
    (OfferKind.SOLUTION, "en"): 0.15,
    (OfferKind.RESEARCH, "zh"): 0.10,
    (OfferKind.RESEARCH, "en"): 0.04,
    (OfferKind.CAPITAL, "zh"): 0.06,
    (OfferKind.CAPITAL, "en"): 0.02,
    (OfferKind.PILOT_SERVICE, "zh"): 0.10,
    (OfferKind.PILOT_SERVICE, "en"): 0.03,
}
"""How many of all profiles are of a kind and language."""
Pool = tuple[OfferKind, Language]
"""Whose vectors lie in one list of the retrieval."""
MEASURED: tuple[Pool, ...] = ((OfferKind.SOLUTION, "zh"), (OfferKind.SOLUTION, "en"), (OfferKind.RESEARCH, "zh"))
"""The largest, the largest that is asked in another language, and a tenth."""
CLUSTER_SIZE = 50
CLUSTER_NOISE, MEMBER_NOISE = 0.6, 0.35
"""How far clusters lie from a sample and members from their cluster, as shares of how far samples lie apart."""
SEED = 20_260_101


@dataclass(frozen=True, eq=False)
class Sample:
    """One text and its own vectors; `faces` (2, d) those of its short and its whole text, `parts` packed."""

    subject: Any
    language: Language
    faces: Matrix
    parts: bytes
    lexemes: tuple[str, ...]


@dataclass(frozen=True)
class Member:
    """One of the crowd: whose text it has, and its own vectors, (2, d)."""

    sample: Sample
    faces: Matrix


class Crowd:
    """Members in random order, drawn in batches, the same for the same samples and size."""

    def __init__(self, samples: Sequence[Sample], shares: NDArray[np.float64], size: int) -> None:
        """shares: how likely each of the samples is"""
        self._samples = samples
        self._draw = np.random.default_rng(SEED)
        self._centres = np.stack([sample.faces for sample in samples])
        # Noise as the samples differ among themselves: text vectors fill few of their dimensions.
        self._spread = (self._centres - self._centres.mean(axis=0)) / np.sqrt(len(samples))
        count = max(size // CLUSTER_SIZE, len(samples))
        self._of_cluster = self._draw.choice(len(samples), size=count, p=shares)
        self._clusters = self._near(self._centres[self._of_cluster], CLUSTER_NOISE)

    def members(self, count: int) -> list[Member]:
        chosen = self._draw.integers(len(self._clusters), size=count)
        faces = self._near(self._clusters[chosen], MEMBER_NOISE)
        return [
            Member(self._samples[self._of_cluster[cluster]], pair) for cluster, pair in zip(chosen, faces, strict=True)
        ]

    def _near(self, centres: NDArray[np.float32], noise: float) -> NDArray[np.float32]:
        """(n, 2, d) unit vectors; both faces of one are moved alike."""
        steps = self._draw.standard_normal((len(centres), len(self._samples)), dtype=np.float32)
        moved = centres + noise * np.einsum("ns,sfd->nfd", steps, self._spread, optimize=True)
        return np.asarray(moved / np.linalg.norm(moved, axis=2, keepdims=True), dtype=np.float32)


def offers(engine: Embedder) -> list[Sample]:
    """The sample offers, each cut to its headline, its first sentences and its first item."""
    return [
        _sample(engine, offer, content.profile_texts(offer), content.words_of(offer)) for offer in map(_offer, _rows())
    ]


def shares_of(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """How likely each sample is, so that kinds and languages are mixed as in SHARES."""
    pools = [(sample.subject.offer_kind, sample.language) for sample in samples]
    shares = np.array([SHARES[pool] / pools.count(pool) for pool in pools])
    return np.asarray(shares / shares.sum())


def demands(engine: Embedder) -> list[Sample]:
    """The sample demands, published."""
    found = [_demand(row) for row in _rows("demands.jsonl")]
    return [_sample(engine, demand, content.demand_texts(demand), (demand.title, demand.need)) for demand in found]


def numbered(offer: Offer, number: int) -> Offer:
    """The offer in words that no other number has, so that nothing remembered about a text helps with the next."""
    items = [{**item.model_dump(), "text": f"{item.text}（{number}）"} for item in offer.items]
    said = {"headline": f"{offer.headline}（{number}）", "summary": f"{offer.summary}（{number}）", "items": items}
    return Offer.model_validate(offer.model_dump() | said)


def numbered_demand(demand: DemandSnapshot, number: int) -> DemandSnapshot:
    clauses = [{**clause.model_dump(), "text": f"{clause.text}（{number}）"} for clause in demand.clauses]
    said = {"title": f"{demand.title}（{number}）", "need": f"{demand.need}（{number}）", "clauses": clauses}
    return DemandSnapshot.model_validate(demand.model_dump() | said | {"id": new_id()})


def encoded(engine: Embedder, asked: Sequence[RoleText]) -> Matrix:
    """The engine's own work on what the product would ask of it, all of one role."""
    encode = engine.encode_queries if asked[0][0] is TextRole.QUERY else engine.encode_passages
    return encode([text for _, text in asked])


def _sample(engine: Embedder, subject: Any, texts: content.DemandTexts | content.ProfileTexts, words: Any) -> Sample:
    rows = encoded(engine, texts.asked)
    return Sample(subject, language_of(words), rows[:2], packed(rows[2:]), texts.lexemes)


def _rows(name: str = "offers.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


def _offer(row: dict[str, Any]) -> Offer:
    first, *_ = row["text"].split("。")
    said = {name: row[name] for name in ("offer_kind", "tracks", "language")}
    return Offer.model_validate({**said, "headline": row["title"], "summary": first, "items": row["items"][:1]})


def _demand(row: dict[str, Any]) -> DemandSnapshot:
    said = {name: row[name] for name in ("kind", "title", "domain", "tracks", "division", "clauses")}
    owner = {"scheme": "uscc", "code": "91370200163562681G"}
    rest = {"id": new_id(), "version": 1, "state": "published", "owner": owner, "owner_name": row["owner"]}
    return DemandSnapshot.model_validate(said | rest | {"need": row["text"]})
