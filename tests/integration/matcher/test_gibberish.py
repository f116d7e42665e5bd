"""Letters typed at random fit no demand, in whatever script; a few real words do. With the model that is shipped."""

from itertools import chain
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from common.contracts.matcher import OfferKind
from common.contracts.words import DemandKind
from common.fields import OrganisationKey
from matcher.engine.embedding import Embedder, Matrix
from matcher.engine.ranking import background
from matcher.engine.ranking.ranker import load_ranker
from matcher.engine.words.language import language_of
from matcher.matching import rules
from matcher.matching.judge import Judge, ReadDemand, ReadProfile
from matcher.settings import EngineSettings
from matcher.subjects.profiles.offer import Offer
from matcher.vectors import content
from matcher.vectors.encoder import RoleText, TextRole
from matcher.vectors.encoders import loader
from tests.support import samples

FOLDER = Path(__file__).parents[2] / "data" / "gibberish"
FIRM = OrganisationKey(scheme="lei", code="FIRM")


def lines(name: str) -> list[str]:
    return (FOLDER / name).read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return loader(EngineSettings())("ctranslate2", None)


@pytest.fixture(scope="module")
def judge(embedder: Embedder) -> Judge:
    ranker = load_ranker(known=background.of(embedder))
    return Judge(ranker, ranker.threshold, 10)


def embedded(embedder: Embedder, asked: list[RoleText]) -> Matrix:
    texts = [text for _, text in asked]
    is_query = asked[0][0] is TextRole.QUERY
    return embedder.encode_queries(texts) if is_query else embedder.encode_passages(texts)


@pytest.fixture(scope="module")
def demands(embedder: Embedder) -> list[ReadDemand]:
    """The sample demands for solutions, with their first clause each, for speed."""
    snapshots = map(samples.snapshot, samples.rows("demands.jsonl").values())
    scenarios = [
        one.model_copy(update={"clauses": one.clauses[:1]}) for one in snapshots if one.kind is DemandKind.SCENARIO
    ]
    texts = [content.demand_texts(one).asked for one in scenarios]
    rows = np.split(embedded(embedder, [*chain(*texts)]), np.cumsum([len(one) for one in texts])[:-1])
    return [
        ReadDemand(one, content.demand_view(one, language_of([one.title, one.need]), (row[0], row[1]), row[2:]))
        for one, row in zip(scenarios, rows, strict=True)
    ]


def typed(embedder: Embedder, text: str) -> ReadProfile:
    offer = Offer(offer_kind=OfferKind.SOLUTION, headline=rules.headline_of(text), summary=text)
    rows = embedded(embedder, content.profile_texts(offer).asked)
    view = content.profile_view(offer, language_of([text]), (rows[0], rows[1]), rows[2:2])
    return ReadProfile(UUID(int=1), 1, FIRM, "厂", offer, view, rows[2:])


def fit_count(judge: Judge, demands: list[ReadDemand], profile: ReadProfile) -> int:
    """How many fits are listed for who asks; of words so few both sides are seldom told."""
    return len(judge.worthy(judge.ranked_demands(profile, demands), least=judge.ranker.least_shown, limit=judge.limit))


def test_gibberish_fits_no_demand(judge: Judge, embedder: Embedder, demands: list[ReadDemand]) -> None:
    assert len(lines("gibberish.txt")) >= 40
    found = {text: fit_count(judge, demands, typed(embedder, text)) for text in lines("gibberish.txt")}
    assert {text: count for text, count in found.items() if count} == {}


def test_a_few_real_words_fit_a_demand(judge: Judge, embedder: Embedder, demands: list[ReadDemand]) -> None:
    assert len(lines("real.txt")) >= 40
    assert [text for text in lines("real.txt") if not fit_count(judge, demands, typed(embedder, text))] == []
