"""Both engines put the same offers first, as a person is shown them; needs the extra `st`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
import pytest

from common.contracts.catalog import DemandSnapshot
from common.contracts.matcher import OFFER_FOR
from common.fields import OrganisationKey
from matcher.engine.embedding import Embedder, EngineName, Vector, load_embedder
from matcher.engine.ranking import background
from matcher.engine.ranking.ranker import load_ranker
from matcher.evaluation.agreement import DEPTH
from matcher.matching.judge import Judge, ReadDemand, ReadProfile
from matcher.subjects.profiles.offer import Offer
from matcher.vectors import content
from matcher.vectors.codec import packed, unpacked
from matcher.vectors.encoder import RoleText, TextRole
from tests.support import samples

pytestmark = [pytest.mark.st, pytest.mark.timeout(600)]

LEAST_ALIKE = 0.95
FIRM = OrganisationKey(scheme="lei", code="FIRM")

Ranked = list[tuple[list[UUID], list[UUID]]]
"""For each sample demand, the offers of the kind that answers it and the matches among them, both best first."""


class Reader:
    """Reads the samples as the matcher reads what it has stored: through half precision."""

    def __init__(self, embedder: Embedder, texts: Sequence[RoleText]) -> None:
        self._vectors: dict[RoleText, Vector] = {}
        for role, encode in ((TextRole.QUERY, embedder.encode_queries), (TextRole.PASSAGE, embedder.encode_passages)):
            asked = list(dict.fromkeys(text for role_, text in texts if role_ is role))
            rows = encode(asked)
            stored = unpacked(packed(rows), rows.shape[1])
            self._vectors |= {(role, text): row for text, row in zip(asked, stored, strict=True)}

    def demand(self, snapshot: DemandSnapshot) -> ReadDemand:
        rows = np.stack([self._vectors[one] for one in content.demand_texts(snapshot).asked])
        return ReadDemand(snapshot, content.demand_view(snapshot, "zh", (rows[0], rows[1]), rows[2:]))

    def profile(self, id: UUID, offer: Offer) -> ReadProfile:
        assert offer.language is not None
        rows = np.stack([self._vectors[one] for one in content.profile_texts(offer).asked])
        view = content.profile_view(offer, offer.language, (rows[0], rows[1]), rows[2:])
        return ReadProfile(id, 1, FIRM, "厂", offer, view, rows[2 + len(offer.items) :])


def ranked(embedder: Embedder) -> Iterator[tuple[list[UUID], list[UUID]]]:
    demands = [samples.snapshot(row) for row in samples.rows("demands.jsonl").values()]
    offers = {uuid5(NAMESPACE_URL, id): samples.offer(row) for id, row in samples.rows("offers.jsonl").items()}
    texts = [one for demand in demands for one in content.demand_texts(demand).asked]
    reader = Reader(embedder, texts + [one for offer in offers.values() for one in content.profile_texts(offer).asked])
    profiles = [reader.profile(id, offer) for id, offer in offers.items()]
    ranker = load_ranker(known=background.of(embedder))
    judge = Judge(ranker, ranker.threshold, DEPTH)
    for demand in demands:
        answering = [profile for profile in profiles if profile.offer.offer_kind is OFFER_FOR[demand.kind]]
        standings = judge.ranked_profiles(reader.demand(demand), answering)
        matches = judge.matches(standings)
        yield [one.profile.id for one in standings[:DEPTH]], [fit.profile.id for fit in matches]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ranked, Ranked]:
    cache_dir = tmp_path_factory.mktemp("models")

    def by(engine: EngineName, cache_dir: Path = cache_dir) -> Ranked:
        return list(ranked(load_embedder(engine, cache_dir=cache_dir, threads=2)))

    return by("ctranslate2"), by("sentence-transformers")


def test_the_same_ten_offers_come_first(both: tuple[Ranked, Ranked]) -> None:
    alike = [set(one) == set(other) for (one, _), (other, _) in zip(*both, strict=True)]
    assert np.mean(alike) >= LEAST_ALIKE


def test_the_same_matches_are_shown_in_the_same_order(both: tuple[Ranked, Ranked]) -> None:
    alike = [one == other for (_, one), (_, other) in zip(*both, strict=True)]
    assert np.mean(alike) >= LEAST_ALIKE
