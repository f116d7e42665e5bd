"""The report of exposure: from stored receipts, public in three forms, and silent on groups of few organisations."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest

from common.clock import new_id, now
from common.contracts.matcher import OfferKind
from common.contracts.words import DemandKind, DemandState, OwnershipForm, SizeClass
from matcher.exposure import repository, rules
from matcher.matching.models import Ranking
from matcher.subjects.demands.models import DemandCopy
from matcher.subjects.kind import SubjectKind
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.rules import ProfileState
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, FIRM, OTHER_FIRM, PORT, House, demand

TRACK = "类脑智能"
Row = dict[str, Any]


def profile(number: int, ownership: OwnershipForm | None, size_class: SizeClass | None) -> Profile:
    """Of an organisation of its own."""
    return Profile(
        id=new_id(),
        version=1,
        state=ProfileState.ACTIVE,
        organisation_scheme="lei",
        organisation_code=f"FIRM{number}",
        organisation_name=f"示例企业{number}",
        offer_kind=OfferKind.SOLUTION,
        language="zh",
        headline=f"第{number}种能力",
        summary="",
        items=[],
        cases=[],
        products=[],
        tracks=[],
        division=None,
        ownership=ownership,
        size_class=size_class,
        created_at=now(),
        updated_at=now(),
    )


GROUPS: list[tuple[OwnershipForm | None, SizeClass | None, int]] = [
    (OwnershipForm.PRIVATE, SizeClass.SMALL, 6),
    (OwnershipForm.STATE_OWNED, SizeClass.LARGE, 6),
    (OwnershipForm.FOREIGN, None, 2),
    (None, None, 3),
]


class Market:
    """A city's firms, and demands that rank all of them."""

    def __init__(self, house: House) -> None:
        self.house, self.profiles = house, self._founded()

    def _founded(self) -> list[Profile]:
        kinds = [(ownership, size) for ownership, size, count in GROUPS for _ in range(count)]
        return [profile(number, *kind) for number, kind in enumerate(kinds)]

    def of(self, ownership: OwnershipForm | None) -> list[UUID]:
        return [each.id for each in self.profiles if each.ownership == ownership]

    async def open(self) -> None:
        async with self.house.database.begin() as session:
            session.add_all(self.profiles)

    async def asked(self, shown: Sequence[UUID], *, tracks: Sequence[str] = ()) -> UUID:
        """A demand that was shown these, best first; returns its id."""
        snapshot = demand(tracks=tuple(tracks))
        copy = DemandCopy(
            id=snapshot.id,
            version=1,
            kind=DemandKind.SCENARIO,
            state=DemandState.PUBLISHED,
            owner_scheme=PORT.scheme,
            owner_code=PORT.code,
            closes_at=None,
            snapshot=snapshot.model_dump(mode="json"),
            received_at=now(),
        )
        async with self.house.database.begin() as session:
            session.add(copy)
        await self.ranked(snapshot.id, shown)
        return snapshot.id

    async def ranked(self, demand_id: UUID, shown: Sequence[UUID], *, ago: timedelta = timedelta(0)) -> None:
        ids = [each.id for each in self.profiles]
        receipt = Ranking(
            id=new_id(),
            subject_kind=SubjectKind.DEMAND,
            subject_id=demand_id,
            subject_version=1,
            model_id="a-model",
            ranker_version="shipped",
            settings={},
            ids=ids,
            versions=[1] * len(ids),
            scores=[0.5] * len(ids),
            match_ids=list(shown),
            match_fits=[50] * len(shown),
            digest="",
            created_at=now() - ago,
        )
        async with self.house.database.begin() as session:
            session.add(receipt)

    async def report(self, **asked: str) -> Row:
        """As somebody without a token reads it."""
        reply = await self.house.client.get("/v1/exposure", params=asked, headers={"Authorization": ""})
        assert reply.status_code == 200, reply.text
        shown: Row = reply.json()
        return shown


def group(report: Row, dimension: str, name: str) -> Row:
    [found] = [row for row in report["items"] if (row["dimension"], row["group"]) == (dimension, name)]
    row: Row = found
    return row


@pytest.fixture
async def market(house: House) -> Market:
    market = Market(house)
    await market.open()
    return market


async def unfair(market: Market, count: int = 6) -> None:
    """The state-owned are shown, in the first four places, and then a foreign one."""
    for _ in range(count):
        await market.asked([*market.of(OwnershipForm.STATE_OWNED)[:4], market.of(OwnershipForm.FOREIGN)[0]])


async def test_it_counts_who_was_shown_of_those_considered_and_at_which_ranks(market: Market) -> None:
    await unfair(market)
    report = await market.report()
    assert (report["period"], report["demands"]) == (str(rules.quarter_of(now())), 6)
    state = group(report, "ownership", "state_owned")
    assert (state["organisations"], state["considered"], state["shown"]) == (6, 36, 24)
    assert [state[name] for name in ("rank_1", "rank_2_3", "rank_4_10", "rank_11_up")] == [6, 12, 6, 0]
    assert state["expected_shown"] == pytest.approx(6 * 5 * 6 / 17, abs=0.001)
    assert (state["label"], state["exposure"] > state["expected_exposure"]) == ("国有", True)
    large = group(report, "size_class", "large")
    assert (large["shown"], large["considered"]) == (24, 36)


async def test_it_tells_chance_from_what_is_none(market: Market) -> None:
    await unfair(market)
    report = await market.report()
    private, state = group(report, "ownership", "private"), group(report, "ownership", "state_owned")
    assert (private["shown"], private["shown_p_adjusted"] < 0.001, private["exposure_p_adjusted"] < 0.001) == (
        0,
        True,
        True,
    )
    assert private["shown_p"] <= private["shown_p_adjusted"]
    assert state["shown_p_adjusted"] < 0.001


async def test_groups_of_few_organisations_are_merged(market: Market) -> None:
    """Two foreign ones and three that say nothing: five together."""
    await unfair(market)
    report = await market.report()
    names = {row["group"] for row in report["items"] if row["dimension"] == "ownership"}
    assert names == {"private", "state_owned", "merged"}
    merged = group(report, "ownership", "merged")
    assert (merged["organisations"], merged["considered"], merged["shown"]) == (5, 30, 6)
    assert min(row["organisations"] for row in report["items"]) >= report["least"]


async def test_what_nobody_declared_is_a_group_of_its_own(market: Market) -> None:
    await unfair(market)
    unknown = group(await market.report(), "size_class", "unknown")
    assert (unknown["label"], unknown["organisations"], unknown["shown"]) == ("未申报", 5, 6)


async def test_few_demands_or_organisations_are_not_told_of(market: Market) -> None:
    await unfair(market, 4)
    report = await market.report()
    assert (report["is_withheld"], report["demands"], report["items"]) == (True, None, [])
    drawing = await market.house.client.get("/v1/exposure.svg")
    assert "机构或需求过少" in drawing.text


async def test_few_organisations_are_not_told_of_however_many_demands_there_are(market: Market) -> None:
    market.profiles = market.profiles[:4]
    for _ in range(6):
        await market.asked(market.of(OwnershipForm.PRIVATE)[:1])
    assert (await market.report())["is_withheld"]


async def test_figures_and_organisations_of_a_report_are_of_one_moment(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    await unfair(market)
    counted = repository.cells

    async def changed_since(*asked: Any) -> Any:
        found = await counted(*asked)
        await market.house.execute("UPDATE profiles SET ownership = 'mixed'")
        return found

    monkeypatch.setattr(repository, "cells", changed_since)
    report = await market.report()
    assert group(report, "ownership", "state_owned")["organisations"] == 6


async def test_a_demand_counts_once_by_its_last_ranking(market: Market) -> None:
    private = market.of(OwnershipForm.PRIVATE)
    for _ in range(5):
        demand_id = await market.asked(market.of(OwnershipForm.STATE_OWNED))
        await market.ranked(demand_id, private, ago=timedelta(seconds=5))
    report = await market.report()
    assert (report["demands"], group(report, "ownership", "private")["shown"]) == (5, 0)


async def test_a_report_is_of_a_quarter_and_a_track(market: Market) -> None:
    await unfair(market)
    for _ in range(5):
        await market.asked(market.of(OwnershipForm.PRIVATE)[:1], tracks=[TRACK])
    whole, of_track = await market.report(), await market.report(track="brain_inspired_intelligence")
    assert (whole["demands"], of_track["demands"], of_track["track"]) == (11, 5, TRACK)
    assert group(of_track, "ownership", "state_owned")["shown"] == 0
    assert (await market.report(period="2025-Q1"))["is_withheld"]
    for wrong, name in (({"period": "2026"}, "period"), ({"track": "炼金"}, "track")):
        refused = await market.house.client.get("/v1/exposure", params=wrong)
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, name)


async def test_more_rankings_than_the_limit_count_by_the_newest(market: Market) -> None:
    market.house.settings.exposure_rankings = 5
    await unfair(market, 3)
    for _ in range(5):
        await market.asked(market.of(OwnershipForm.PRIVATE)[:1])
    report = await market.report()
    assert (report["demands"], report["is_partial"]) == (5, True)
    assert group(report, "ownership", "state_owned")["shown"] == 0


async def test_a_report_is_kept_for_a_while(market: Market) -> None:
    await unfair(market)
    first = await market.report()
    await unfair(market, 1)
    assert await market.report() == first
    market.house.settings.exposure_kept_s = 0
    assert (await market.report())["demands"] == 7


async def test_it_is_a_table_for_who_asks_for_that(market: Market) -> None:
    await unfair(market)
    reply = await market.house.client.get("/v1/exposure", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"))))
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert [(row["dimension"], row["group"]) for row in rows] == [
        (row["dimension"], row["group"]) for row in (await market.report())["items"]
    ]


async def test_it_is_a_drawing_that_stands_alone(market: Market) -> None:
    await unfair(market)
    reply = await market.house.client.get("/v1/exposure.svg", headers={"Authorization": ""})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/svg+xml")
    drawing = ElementTree.fromstring(reply.text)
    words = [each.text for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "国有 state_owned" in words
    assert "80.0% *" in words
    assert {each.tag.partition("}")[2] for each in drawing.iter()} == {"svg", "title", "rect", "text", "g"}


async def test_what_a_profile_says_of_its_owner_is_shown_and_changes_no_rank(house: House) -> None:
    house.settings.exposure_least = 2
    said = ({"ownership": "private", "size_class": "micro"}, {"ownership": "state_owned", "size_class": "large"})
    saved = [await house.save(DAMAGE_OFFER | one, who) for one, who in zip(said, (FIRM, OTHER_FIRM), strict=True)]
    assert [{name: each[name] for name in one} for one, each in zip(said, saved, strict=True)] == list(said)
    await house.work()
    for _ in range(2):
        await house.hear(demand())
    await house.work()
    [match, *_] = await house.matches()
    path = f"/v1/rankings/{match['ranking_id']}"
    receipt = (await house.client.get(path, headers=house.token(PORT))).json()
    assert len({line["score"] for line in receipt["results"]}) == 1
    report = (await house.client.get("/v1/exposure")).json()
    merged = group(report, "ownership", "merged")
    assert (merged["organisations"], merged["considered"], merged["shown"]) == (2, 4, 4)


async def test_a_word_that_is_none_of_the_list_is_refused(house: House) -> None:
    reply = await house.client.post("/v1/profiles", json=DAMAGE_OFFER | {"ownership": "royal"})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/ownership")
