"""What the ranker is told of a pair depends on the pair, on both languages, and on nobody's name."""

import dataclasses

import numpy as np
import pytest

from common.fields import Language
from matcher.engine.ranking import background, features
from matcher.engine.ranking.background import Background
from matcher.engine.ranking.views import DemandView, ProfileView
from tests.support.embedder import HashEmbedder

EMBEDDER = HashEmbedder()


@pytest.fixture(scope="module")
def known() -> Background:
    return background.measure(EMBEDDER)


def demand(title: str, *clauses: str) -> DemandView:
    title_vector, text_vector = EMBEDDER.encode_queries([title, f"{title}\n"])
    return DemandView(title, "", clauses, "zh", title_vector, text_vector, EMBEDDER.encode_queries(clauses))


def profile(headline: str, *items: str, language: Language = "zh") -> ProfileView:
    [headline_vector, text_vector] = EMBEDDER.encode_passages([headline, "\n".join((headline, *items))])
    vectors = EMBEDDER.encode_passages(items)
    return ProfileView(headline, "", items, language, headline_vector, text_vector, vectors)


def told(demand: DemandView, profile: ProfileView, known: Background) -> dict[str, float]:
    [row] = features.table([(demand, profile)], known)
    return dict(zip(features.NAMES, row.tolist(), strict=True))


def test_an_item_that_fits_counts_as_much_as_a_headline_that_fits(known: Background) -> None:
    asked = demand("集装箱残损识别")
    by_headline = told(asked, profile("集装箱残损识别"), known)
    by_item = told(asked, profile("港口综合服务", "岸桥维修", "集装箱残损识别"), known)
    assert by_item["title"] == pytest.approx(by_headline["title"], abs=1e-4)
    assert by_item["words"] == pytest.approx(by_headline["words"])


def test_more_items_never_make_a_profile_look_worse(known: Background) -> None:
    asked = demand("集装箱残损识别", "识别准确率不低于96%")
    few, more = profile("港口服务", "岸桥维修"), profile("港口服务", "岸桥维修", "箱体残损检测准确率97%")
    for name in ("title", "clause", "words"):
        assert told(asked, more, known)[name] >= told(asked, few, known)[name]


def test_a_demand_without_clauses_is_compared_by_its_title(known: Background) -> None:
    found = told(demand("集装箱残损识别"), profile("箱体残损检测"), known)
    assert found["clause"] == found["title"]


def test_unrelated_texts_of_two_languages_lie_further_apart_than_those_of_one() -> None:
    shipped = background.load()
    assert all(band.spread > 0.0 for band in shipped.cosines.values())
    across = shipped.cosines["title", "zh", "en"].mean
    assert across < shipped.cosines["title", "zh", "zh"].mean - 0.03  # why raw cosines cannot share a list


def test_another_model_is_measured_and_the_bundled_one_is_known() -> None:
    shipped = background.load()
    assert background.of(HashEmbedder(id=f"{shipped.model}-v9-any")).cosines == shipped.cosines
    assert background.of(HashEmbedder(id="other")).model == "other"


def test_a_measured_background_survives_its_file(known: Background, tmp_path: object) -> None:
    path = tmp_path / "background.json"  # type: ignore[operator]
    background.save(known, path)
    again = background.load(path)
    assert dataclasses.replace(again, asked={}) == dataclasses.replace(known, asked={})
    for language in background.LANGUAGES:
        np.testing.assert_allclose(again.asked[language], known.asked[language], atol=1e-6)


def test_the_views_hold_nothing_that_names_or_sizes_or_places_a_party() -> None:
    fields = {field.name for view in (DemandView, ProfileView) for field in dataclasses.fields(view)}
    assert fields == {
        *("title", "need", "clauses", "language", "title_vector", "text_vector", "clause_vectors"),
        *("headline", "summary", "items", "headline_vector", "item_vectors"),
    }
