"""What the judge makes of scores and clauses, and what it cannot know."""

from collections.abc import Sequence
from dataclasses import fields, replace
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from common.clock import now
from common.contracts.catalog import DemandSnapshot
from common.contracts.clauses import Clause, ClauseKind
from common.contracts.matcher import OfferKind, Outcome
from common.contracts.words import DemandKind, DemandState
from common.fields import OrganisationKey
from matcher.engine.embedding import Matrix
from matcher.engine.ranking.ranker import load_ranker
from matcher.engine.ranking.views import DemandView, ProfileView
from matcher.engine.verification.claims import ParagraphClaim
from matcher.matching.decode import read_demand, read_profile
from matcher.matching.judge import EXPLAINED, MOST_EXPLAINED, Fit, Judge, ReadDemand, ReadProfile, Standing
from matcher.matching.rank import settings_of
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.offer import Item, Offer
from matcher.subjects.profiles.rules import ProfileState
from matcher.vectors import content
from matcher.vectors.codec import packed
from matcher.vectors.encoder import RoleText
from matcher.vectors.repository import StoredDemand, StoredProfile
from tests.support.near_embedder import StandIn

EMBEDDER = StandIn()
LEAST = 35.0
PORT = OrganisationKey(scheme="lei", code="PORT")
STATED = (
    Clause(
        kind=ClauseKind.PERFORMANCE, text="残损识别准确率不低于96%", is_hard=True, operator="ge", value=96, unit="%"
    ),
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_ranker(), LEAST, 3)


def vectors(asked: list[RoleText]) -> Matrix:
    return EMBEDDER.encode_passages([text for _, text in asked])


def demand(clauses: tuple[Clause, ...] = STATED) -> ReadDemand:
    snapshot = DemandSnapshot(
        id=UUID(int=1),
        version=1,
        kind=DemandKind.SCENARIO,
        state=DemandState.PUBLISHED,
        owner=PORT,
        owner_name="港",
        title="箱体残损智能识别",
        need="不停车识别箱体残损。",
        clauses=clauses,
    )
    rows = vectors(content.demand_texts(snapshot).asked)
    return ReadDemand(snapshot, content.demand_view(snapshot, "zh", (rows[0], rows[1]), rows[2:]))


def profile(*said: str, id: UUID | None = None) -> ReadProfile:
    offer = Offer(
        offer_kind=OfferKind.SOLUTION,
        headline="残损识别系统",
        items=tuple(Item(title="能力", text=text) for text in said),
    )
    rows = vectors(content.profile_texts(offer).asked)
    view = content.profile_view(offer, "zh", (rows[0], rows[1]), rows[2:])
    return ReadProfile(id or uuid4(), 1, PORT, "厂", offer, view, rows[2 + len(said) :])


ALIKE = {"title": 3.0, "words": 0.2}
"""Figures of a pair that shares words and meaning."""


def standing(score: float, *said: str) -> Standing:
    return Standing(demand(), profile(*said), score, 1, ALIKE)


@given(st.lists(st.floats(0, 100), max_size=6))
def test_no_match_is_below_the_threshold_and_none_beyond_the_limit(scores: list[float]) -> None:
    judge = Judge(load_ranker(), LEAST, 3)
    pairs = [standing(score, "尚无检测报告。") for score in sorted(scores, reverse=True)]
    found = judge.matches(pairs)
    assert len(found) <= judge.limit
    assert all(fit.score >= LEAST and fit.fit >= LEAST for fit in found)
    assert [fit.score for fit in found] == sorted((fit.score for fit in found), reverse=True)


SAID = st.sampled_from(["残损识别准确率为97%。", "残损识别准确率为90%。", "尚无检测报告。", "支持不停车识别。"])


@given(st.lists(st.tuples(st.floats(20, 80), SAID), max_size=14), st.integers(1, 4))
def test_passing_over_what_cannot_be_among_the_best_loses_nothing(pairs: list[tuple[float, str]], limit: int) -> None:
    judge = Judge(load_ranker(), LEAST, limit)
    pairs.sort(reverse=True)
    ranked = [replace(standing(score, said), rank=rank) for rank, (score, said) in enumerate(pairs, start=1)]
    plain: list[Fit] = []
    for pair in ranked[: MOST_EXPLAINED * limit]:
        if len(plain) >= limit and pair.rank > EXPLAINED * limit:
            break
        fit = judge.explained(pair)
        plain += [fit] if fit.score >= LEAST and not fit.is_gated else []
    best = sorted(plain, key=lambda fit: (-fit.score, fit.standing.rank))[:limit]
    assert [(fit.standing.rank, fit.score, fit.rulings) for fit in judge.matches(ranked)] == [
        (fit.standing.rank, fit.score, fit.rulings) for fit in best
    ]


def test_a_sentence_too_late_for_a_vector_is_judged_by_its_words(judge: Judge) -> None:
    function = Clause(kind=ClauseKind.FUNCTION, text="支持车辆不停车通过闸口")
    long = profile("支持车辆不停车通过闸口。")
    unread = replace(long, sentence_vectors=long.sentence_vectors[:0])
    [verdict] = judge.explained(Standing(demand((function,)), unread, 60.0, 1, ALIKE)).verdicts
    assert verdict.outcome is Outcome.SATISFIED


def test_a_vector_is_of_its_own_sentence_though_one_before_it_has_none(judge: Judge) -> None:
    function = Clause(kind=ClauseKind.FUNCTION, text="支持车辆不停车通过闸口")
    long = profile("箱体残损" * 200 + "。车辆无须停下即可驶过道口。")
    at = [sentence.text for sentence in long.evidence.sentences].index("车辆无须停下即可驶过道口")
    assert long.evidence.sentences[at - 1].is_rest
    standing = Standing(demand((function,)), long, 60.0, 1, ALIKE)
    near = np.zeros_like(long.sentence_vectors)
    near[long.embedded.index(at)] = standing.demand.view.clause_vectors[0]
    [verdict] = judge.explained(replace(standing, profile=replace(long, sentence_vectors=near))).verdicts
    assert verdict.profile_span is not None
    assert verdict.profile_span.text == "车辆无须停下即可驶过道口"


def test_a_missed_hard_clause_leaves_no_match_whatever_the_score(judge: Judge) -> None:
    assert judge.matches([standing(99.0, "残损识别准确率为90%。")]) == []
    assert len(judge.matches([standing(99.0, "残损识别准确率为97%。")])) == 1


def test_lack_of_evidence_is_no_miss(judge: Judge) -> None:
    assert len(judge.matches([standing(60.0)])) == 1


def test_a_met_clause_lifts_a_fit_and_can_carry_it_over_the_threshold(judge: Judge) -> None:
    met, untold = standing(LEAST - 3, "残损识别准确率为97%。"), standing(LEAST - 3)
    assert [fit.standing for fit in judge.matches([met, untold])] == [met]


def test_a_met_clause_lifts_an_unlike_offer_less_than_one_that_is_alike(judge: Judge) -> None:
    said = "残损识别准确率为97%。"
    unlike, alike = judge.explained(standing(30.0, said)), judge.explained(standing(58.0))
    assert unlike.score < LEAST + 3
    assert unlike.score < alike.score
    assert judge.matches([standing(15.0, said)]) == []


def test_a_pair_that_shares_neither_words_nor_meaning_is_no_match(judge: Judge) -> None:
    said = "残损识别准确率为97%。"
    stranger = replace(standing(90.0, said), features={"title": 2.0, "words": 0.01})
    assert judge.matches([stranger]) == []
    assert len(judge.matches([replace(stranger, features={"title": 2.0, "words": 0.1})])) == 1
    assert len(judge.matches([replace(stranger, features={"title": 2.6, "words": 0.0})])) == 1


def test_words_of_the_glossary_make_a_pair_of_two_languages_related(judge: Judge) -> None:
    pair = replace(standing(60.0), features={"title": 1.0, "words": 0.0})
    english = replace(pair.profile.view, language="en", headline="container damage recognition", items=())
    typed = replace(english, headline="asdfgh qwerty")
    assert [replace(pair, profile=replace(pair.profile, view=view)).is_related for view in (english, typed)] == [
        True,
        False,
    ]


def test_a_verdict_quotes_both_sides(judge: Judge) -> None:
    fit = judge.explained(standing(60.0, "经检测，残损识别准确率为97.6%。"))
    [verdict] = fit.verdicts
    assert verdict.demand_span.text == STATED[0].text
    assert verdict.profile_span is not None
    source = fit.profile.offer.items[0].text
    assert source is not None
    assert verdict.profile_span.source == "items/0/text"
    assert source[verdict.profile_span.start : verdict.profile_span.end] == verdict.profile_span.text


def test_equal_scores_are_ordered_by_id(judge: Judge) -> None:
    twins = [profile("一样。", id=UUID(int=number)) for number in (3, 1, 2)]
    ranked = judge.ranked_profiles(demand(), twins)
    assert [one.profile.id.int for one in ranked] == [1, 2, 3]
    assert [one.rank for one in ranked] == [1, 2, 3]


NAMES = st.text("甲乙丙丁国有民营集团股份", min_size=1, max_size=20)
CODES = st.from_regex(r"[A-Z0-9]{18}", fullmatch=True)
DIVISIONS = st.none() | st.from_regex(r"[0-9]{6}", fullmatch=True)


@given(NAMES, CODES, DIVISIONS, NAMES, CODES, DIVISIONS)
def test_who_offers_and_where_cannot_change_a_ranking(
    name: str, code: str, division: str | None, other_name: str, other_code: str, other_division: str | None
) -> None:
    judge = Judge(load_ranker(), LEAST, 3)
    one = stored(name, code, division)
    other = stored(other_name, other_code, other_division)
    [first] = judge.explained_all(judge.ranked_profiles(demand(), [read_profile(one)]))
    [second] = judge.explained_all(judge.ranked_profiles(demand(), [read_profile(other)]))
    assert first.profile.offer == second.profile.offer, "nothing else reaches the ranker"
    assert (first.score, first.standing.features) == (second.score, second.standing.features)
    assert first.verdicts == second.verdicts


SAID_OF_WHOM = st.tuples(NAMES, CODES, DIVISIONS)
WORDS = ("残损识别准确率为97%。", "残损识别准确率为90%。", "尚无检测报告。")


@given(*[st.lists(SAID_OF_WHOM, min_size=4, max_size=4)] * 2)
def test_swapping_who_and_where_on_both_sides_gives_the_identical_ranking(
    before: list[tuple[str, str, str | None]], after: list[tuple[str, str, str | None]]
) -> None:
    judge = Judge(load_ranker(), LEAST, 3)
    one, other = (
        judge.ranked_profiles(
            asked_by(*sides[0]),
            [
                read_profile(stored(*side, said, at))
                for at, (side, said) in enumerate(zip(sides[1:], WORDS, strict=True))
            ],
        )
        for sides in (before, after)
    )
    assert [(pair.profile.id, pair.rank, pair.score, pair.features) for pair in one] == [
        (pair.profile.id, pair.rank, pair.score, pair.features) for pair in other
    ]
    assert len({pair.score for pair in one}) == len(WORDS), "the words do make a difference"


def test_what_the_ranker_is_given_has_no_field_for_who_or_where() -> None:
    assert {field.name for view in (DemandView, ProfileView) for field in fields(view)} == {
        *("title", "need", "clauses", "language", "title_vector", "text_vector", "clause_vectors"),
        *("headline", "summary", "items", "headline_vector", "item_vectors"),
    }


def asked_by(name: str, code: str, division: str | None) -> ReadDemand:
    """The same words, asked by this organisation for this place."""
    asked = demand().snapshot
    owner = {"owner": OrganisationKey(scheme="uscc", code=code), "owner_name": name}
    snapshot = asked.model_copy(update={**owner, "division": division, "budget_max_fen": len(name) * 10**9})
    rows = vectors(content.demand_texts(snapshot).asked)
    text = snapshot.model_dump_json()
    title, body = halfvecs(rows)
    return read_demand(StoredDemand(text, "zh", title, body, packed(rows[2:])))


def stored(name: str, code: str, division: str | None, said: str = WORDS[0], at: int = 7) -> StoredProfile:
    """The same words, offered by this organisation at this place."""
    row = Profile(
        id=UUID(int=at),
        version=1,
        state=ProfileState.ACTIVE,
        organisation_scheme="uscc",
        organisation_code=code,
        organisation_name=name,
        offer_kind=OfferKind.SOLUTION,
        language="zh",
        headline="残损识别系统",
        summary="",
        items=[{"title": "能力", "text": said, "trl": None}],
        cases=[],
        products=[],
        tracks=[],
        division=division,
        created_at=now(),
        updated_at=now(),
    )
    rows = vectors(
        content.profile_texts(
            Offer.model_validate({"offer_kind": "solution", "headline": row.headline, "items": row.items})
        ).asked
    )
    return StoredProfile(row, *halfvecs(rows), packed(rows[2:]))


def halfvecs(rows: Matrix) -> tuple[bytes, bytes]:
    """The first two rows as the database sends them."""
    header = len(rows[0]).to_bytes(2, "big") + b"\0\0"
    return header + rows[0].astype(">f2").tobytes(), header + rows[1].astype(">f2").tobytes()


class ConfirmsNothing:
    version = "v7"

    def verify(self, asked: Sequence[ParagraphClaim]) -> NDArray[np.float32]:
        return np.array([[0.0, 0.0, 1.0]] * len(asked), dtype=np.float32)


def test_a_receipt_names_the_verifier_that_could_withhold_verdicts() -> None:
    judge = Judge(load_ranker(), LEAST, 3)
    assert settings_of(judge)["verifier"] is None
    assert settings_of(replace(judge, verifier=ConfirmsNothing()))["verifier"] == "v7"
