"""A match passes every filter; the same wish has one digest however it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from common.contracts.matcher import Band, MatchSnapshot, Span
from common.contracts.words import DemandKind, Domain
from common.fields import OrganisationKey
from notify.subscriptions.filters import Filing, SubscriptionFilters, digest_of, wants, wants_call
from notify.subscriptions.rules import Channel
from tests.integration.notify.matches import FIRM, a_match

OWNER = OrganisationKey(scheme="uscc", code="91370200264574251E")
OTHER = OrganisationKey(scheme="duns", code="987654321")
SAID, OTHER_SAID = OWNER.model_dump(), OTHER.model_dump()


def saying(text: str, **changes: Any) -> MatchSnapshot:
    """A match whose one clause says this."""
    match = a_match(demand_title="码头设备改造", **changes)
    [verdict] = match.verdicts
    clause = verdict.model_copy(update={"demand_span": Span(source="clauses/0", start=0, end=len(text), text=text)})
    return match.model_copy(update={"verdicts": (clause,)})


@pytest.mark.parametrize(
    ("filters", "is_wanted"),
    [
        ({"divisions": ["370211"]}, True),
        ({"divisions": ["3702"]}, True),
        ({"divisions": ["370200"]}, True),
        ({"divisions": ["37"]}, True),
        ({"divisions": ["110000", "370000"]}, True),
        ({"divisions": ["370202"]}, False),
        ({"divisions": ["3701"]}, False),
        ({"owners": [SAID]}, True),
        ({"owners": [OTHER_SAID, SAID]}, True),
        ({"owners": [OTHER_SAID]}, False),
        ({"words": ["opcua"]}, True),
        ({"words": ["ＯＰＣ　UA"]}, True),
        ({"words": ["遠程"]}, True),
        ({"words": ["时延 远程"]}, True),
        ({"words": ["时延 夜间"]}, False),
        ({"words": ["夜间", "时延"]}, True),
        ({"words": ["码头设备"]}, True),
        ({"least_band": "强"}, False),
        ({"least_band": "fair"}, True),
        ({"least_band": "weak"}, True),
        ({"least_band": "fair", "divisions": ["3702"], "words": ["夜间"]}, False),
    ],
)
def test_a_match_must_pass_every_filter(filters: dict[str, Any], is_wanted: bool) -> None:
    match = saying(
        "远程控制时延不超过 50 ms，采用 OPC UA", band=Band.FAIR, fit=60, division="370211", demand_owner=OWNER
    )
    assert wants(SubscriptionFilters.model_validate(filters), match, FIRM) is is_wanted


def test_a_match_without_a_division_lies_in_none() -> None:
    filters = SubscriptionFilters(divisions=("37",))
    assert not wants(filters, a_match(division=None), FIRM)


def test_a_band_alone_tells_of_weak_fits_too_and_a_least_fit_beside_it_holds() -> None:
    weak = a_match(fit=40, band=Band.WEAK)
    assert wants(SubscriptionFilters.model_validate({"least_band": "weak"}), weak, FIRM)
    assert not wants(SubscriptionFilters.model_validate({"least_band": "weak", "least_fit": 47}), weak, FIRM)
    assert not wants(SubscriptionFilters(), weak, FIRM)


def test_a_band_that_only_a_later_matcher_knows_is_told() -> None:
    later = a_match().model_dump(mode="json") | {"band": "极强"}
    assert wants(SubscriptionFilters(least_band=Band.STRONG), MatchSnapshot.read(later), FIRM)


def test_calls_for_solutions_are_narrowed_by_owner_and_title() -> None:
    filing = Filing(DemandKind.SCENARIO, Domain.PORT, ("空天信息",), OWNER, "岸桥遠程操控")
    for filters, is_wanted in (
        ({"words": ["远程"]}, True),
        ({"words": ["夜间"]}, False),
        ({"owners": [SAID]}, True),
        ({"owners": [OTHER_SAID]}, False),
    ):
        asked = SubscriptionFilters.model_validate({"calls": "all", **filters})
        assert wants_call(asked, filing) is is_wanted, filters


@pytest.mark.parametrize(
    ("filters", "where"),
    [
        ({"divisions": ["青岛"]}, ("divisions", 0)),
        ({"divisions": ["3702", "990000"]}, ("divisions", 1)),
        ({"divisions": ["37020"]}, ("divisions", 0)),
        ({"owners": [{**SAID, "code": "91370200264574251Q"}]}, ("owners", 0)),
        ({"owners": ["uscc"]}, ("owners", 0)),
        ({"words": ["，。"]}, ("words", 0)),
        ({"words": [" "]}, ("words", 0)),
        ({"least_band": "superb"}, ("least_band",)),
        ({"colour": "red"}, ("colour",)),
    ],
)
def test_what_no_match_can_be_is_refused_by_its_place(filters: dict[str, Any], where: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        SubscriptionFilters.model_validate(filters)
    assert [fault["loc"] for fault in refused.value.errors()] == [where]


def digest(**filters: Any) -> str:
    return digest_of(Channel.NATS, None, SubscriptionFilters.model_validate(filters))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"divisions": ["370200"]}, {"divisions": ["3702", "370211", "370200"]}),
        ({"divisions": ["11", "37"]}, {"divisions": ["370000", "110000"]}),
        ({"owners": [SAID, OTHER_SAID]}, {"owners": [OTHER_SAID, SAID, SAID]}),
        ({"words": ["OPC UA", "远程"]}, {"words": ["遠程", "opc-ua"]}),
        ({"words": ["时延 远程"]}, {"words": ["远程 时延"]}),
        ({"least_band": "fair"}, {"least_band": "较强", "least_fit": 0}),
    ],
)
def test_the_same_wish_has_one_digest(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert digest(**one) == digest(**other) != digest()


def test_older_wishes_are_known_as_before() -> None:
    assert digest() == "65a899531857f62bbd0338baa22cf75762beff73723d678bf521626ff51d3b76"
    filters = SubscriptionFilters(
        kinds=(DemandKind.PILOT, DemandKind.SCENARIO), topics=("match", "demand"), calls="all", least_fit=60,
        tracks=("量子信息",),
    )  # fmt: skip
    assert (
        digest_of(Channel.WEBHOOK, "https://a.example/", filters)
        == "bbe084c141a9ec9240fc16ca63b3129a771589e6854e383963e280e7d4e52313"
    )


@given(st.lists(st.sampled_from(["11", "1101", "110101", "37", "3702", "370211", "370200"])), st.randoms())
def test_the_order_of_divisions_makes_no_difference(divisions: list[str], random: Any) -> None:
    shuffled = random.sample(divisions, len(divisions))
    assert digest(divisions=divisions) == digest(divisions=shuffled)
