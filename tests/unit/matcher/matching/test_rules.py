"""The matcher's pure rules: languages, headlines, what is news of a match, what clauses do to a fit."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import now
from common.contracts.clauses import Locality
from common.contracts.matcher import Band, MatchSnapshot
from common.contracts.words import DemandKind, DemandState, Domain
from common.errors import NotAllowedNow
from common.fields import OrganisationKey
from matcher.engine.words.language import language_of
from matcher.matching.rules import headline_of, told, weighed
from matcher.subjects.demands.rules import is_open
from matcher.subjects.profiles.rules import ProfileState, refuse_withdrawn

NOW = now()
KEY = OrganisationKey(scheme="lei", code="529900T8BM49AURSDO55")
ID = UUID(int=1)
MATCH = MatchSnapshot(
    id=ID,
    version=1,
    demand_id=ID,
    demand_version=1,
    demand_kind=DemandKind.SCENARIO,
    demand_title="题",
    demand_owner=KEY,
    demand_owner_name="甲",
    domain=Domain.PORT,
    tracks=(),
    division=None,
    profile_id=ID,
    profile_version=1,
    profile_headline="能",
    profile_organisation=KEY,
    profile_organisation_name="乙",
    fit=60,
    band=Band.FAIR,
    summary="1 项满足",
    verdicts=(),
    ranking_id=ID,
    is_current=True,
    computed_at=NOW,
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("集装箱残损识别", "zh"),
        ("Container damage detection", "en"),
        ("Jetson Orin 边缘计算主机，支持 PoE 与 GigE Vision 相机接入", "zh"),
        ("Damage detection for the port of 青岛, with a documented REST interface", "en"),
        ("Распознавание повреждений", "en"),
        ("20250101 3.14", "zh"),
        ("", "zh"),
    ],
)
def test_the_language_is_that_of_the_letters(text: str, language: str) -> None:
    assert language_of([text]) == language


@given(st.text(min_size=1).filter(str.strip))
def test_any_text_has_a_headline_of_its_own_words(text: str) -> None:
    headline = headline_of(text)
    assert 0 < len(headline) <= 120
    assert headline in text


def test_a_headline_ends_with_the_first_sentence() -> None:
    assert headline_of("  识别箱体残损。结果写入闸口系统。") == "识别箱体残损"


@given(st.floats(0, 100), st.floats(0, 1))
def test_clauses_move_a_fit_towards_what_they_say_and_never_out_of_range(score: float, support: float) -> None:
    moved = weighed(score, support)
    assert 0 <= moved <= 100
    assert (moved >= score - 1e-3) if support >= 0.5 else (moved <= score + 1e-3)


@given(st.floats(0, 1), st.floats(0, 100), st.floats(0, 100))
def test_clauses_keep_the_order_of_equally_supported_fits(support: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert weighed(low, support) <= weighed(high, support) + 1e-9


@pytest.mark.parametrize(
    ("change", "is_news"),
    [
        ({"fit": 61}, True),
        ({"summary": "缺 1 项"}, True),
        ({"is_current": False}, True),
        ({"demand_version": 2}, True),
        ({"locality": Locality(divisions=("370200",), justification="设备故障后须在三十分钟内到场处置")}, True),
        ({"version": 2, "ranking_id": UUID(int=2), "profile_version": 2}, False),
    ],
)
def test_a_match_is_told_again_when_its_readers_learn_something(change: dict[str, object], is_news: bool) -> None:
    assert (told(MATCH.model_copy(update=change)) != told(MATCH)) is is_news


@pytest.mark.parametrize(
    ("state", "closes_in_future", "expected"),
    [
        (DemandState.PUBLISHED, None, True),
        (DemandState.PUBLISHED, True, True),
        (DemandState.PUBLISHED, False, False),
        (DemandState.CLOSED, None, False),
        (DemandState.WITHDRAWN, True, False),
    ],
)
def test_a_demand_takes_matches_while_it_is_published_and_not_past_its_end(
    state: DemandState, closes_in_future: bool | None, expected: bool
) -> None:
    moments = {None: None, True: NOW.replace(year=NOW.year + 1), False: NOW.replace(year=NOW.year - 1)}
    assert is_open(state, moments[closes_in_future], NOW) is expected


def test_a_withdrawn_profile_is_refused() -> None:
    refuse_withdrawn(ProfileState.ACTIVE)
    with pytest.raises(NotAllowedNow):
        refuse_withdrawn(ProfileState.WITHDRAWN)
