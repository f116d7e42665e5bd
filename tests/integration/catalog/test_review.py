"""Review: a demand is published by somebody other than who submitted it, or sent back with comments on fields."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from catalog.settings import CatalogSettings
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, content, running

CITY = "11370200MB28524675"
COMMENTS = {"comments": [{"field": "#/clauses/0/value", "comment": "请说明测量条件"}], "reason": "指标不明确"}


@pytest.fixture
async def reviewed(settings: CatalogSettings, issuer: TokenIssuer) -> AsyncIterator[CatalogUnderTest]:
    """A catalog that publishes by approval alone."""
    async with running(settings.model_copy(update={"review_required": True}), issuer) as under_test:
        yield under_test


def reviewer(catalog: CatalogUnderTest) -> Headers:
    return catalog.token(CITY, "市发改委（示例）", "reviewer")


async def test_a_demand_is_published_by_a_reviewers_approval(reviewed: CatalogUnderTest) -> None:
    where, they = await reviewed.a_submitted_demand(), reviewer(reviewed)
    assert (await reviewed.post(f"{where}/publish")).status_code == 409
    assert (await reviewed.post(f"{where}/review", as_=they)).json()["state"] == "under_review"
    approved = await reviewed.post(f"{where}/approve", as_=they)
    assert (approved.status_code, approved.json()["state"], approved.json()["contact"]) == (200, "published", None)
    assert [event.type for event in await reviewed.announced()] == ["catalog.demand.published"]
    assert (await reviewed.get(where)).json()["published_at"] is not None


async def test_edits_are_asked_for_with_comments_that_the_owner_alone_reads(reviewed: CatalogUnderTest) -> None:
    where, they = await reviewed.a_submitted_demand(), reviewer(reviewed)
    await reviewed.post(f"{where}/review", as_=they)
    back = await reviewed.post(f"{where}/request-edits", COMMENTS, as_=they)
    assert (back.status_code, back.json()["state"]) == (200, "edits_requested")
    seen = (await reviewed.get(where, as_=reviewed.port)).json()
    assert seen["review_comments"] == COMMENTS["comments"]
    edited = await reviewed.put(where, content(title="改后的标题"), If_Match=back.headers["etag"])
    assert edited.json()["state"] == "edits_requested"
    assert (await reviewed.post(f"{where}/submit")).json()["state"] == "under_review"
    await reviewed.post(f"{where}/approve", as_=they)
    public = [await reviewed.get(where), await reviewed.get(f"{where}/versions")]
    told = str([event.data for event in await reviewed.recorded()])
    assert not any("测量条件" in text or "指标不明确" in text for text in [told, *(reply.text for reply in public)])


async def test_a_comment_is_on_a_field(reviewed: CatalogUnderTest) -> None:
    where, they = await reviewed.a_submitted_demand(), reviewer(reviewed)
    await reviewed.post(f"{where}/review", as_=they)
    for field in ("#/mood", "title"):
        body = {"comments": [{"field": field, "comment": "不清楚"}]}
        refused = await reviewed.post(f"{where}/request-edits", body, as_=they)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/comments/0/field")


async def test_nobody_approves_their_own_demand(reviewed: CatalogUnderTest) -> None:
    both = reviewed.token(CITY, "市发改委（示例）", "publisher", "reviewer")
    where = await reviewed.a_submitted_demand(as_=both)
    refused = await reviewed.post(f"{where}/review", as_=both)
    assert refused.status_code == 409
    assert "only by a reviewer who did not submit it" in refused.json()["detail"]


async def test_reviewers_see_what_is_submitted_without_the_contact_and_no_drafts(reviewed: CatalogUnderTest) -> None:
    draft, submitted = await reviewed.a_draft(title="草稿"), await reviewed.a_submitted_demand(title="待审")
    they = reviewer(reviewed)
    assert (await reviewed.get(draft, as_=they)).status_code == 404
    assert (await reviewed.post(f"{draft}/review", as_=they)).status_code == 404
    seen = await reviewed.get(submitted, as_=they)
    assert (seen.status_code, seen.json()["contact"]) == (200, None)
    listed = await reviewed.get("/v1/demands", as_=they, for_review="true")
    assert [item["title"] for item in listed.json()["items"]] == ["待审"]
    assert (await reviewed.get("/v1/demands", as_=reviewed.rival, for_review="true")).status_code == 403
    assert (await reviewed.get("/v1/demands", for_review="true")).status_code == 401
    assert (await reviewed.get(submitted, as_=reviewed.rival)).status_code == 404


async def test_of_two_reviewers_who_decide_at_once_one_is_told_that_it_is_decided(reviewed: CatalogUnderTest) -> None:
    where, they = await reviewed.a_submitted_demand(), reviewer(reviewed)
    await reviewed.post(f"{where}/review", as_=they)
    replies = await asyncio.gather(
        reviewed.post(f"{where}/approve", as_=they), reviewed.post(f"{where}/request-edits", COMMENTS, as_=they)
    )
    assert sorted(reply.status_code for reply in replies) == [200, 409]


async def test_the_steps_are_shown_to_those_concerned(reviewed: CatalogUnderTest) -> None:
    where, they = await reviewed.a_submitted_demand(), reviewer(reviewed)
    await reviewed.post(f"{where}/review", as_=they)
    await reviewed.post(f"{where}/request-edits", COMMENTS, as_=they)
    for seer in (they, reviewed.port):
        [newest, *_] = (await reviewed.get(f"{where}/steps", as_=seer)).json()["items"]
        assert (newest["action"], newest["before"], newest["after"], newest["party"], newest["reason"]) == (
            "request_edits",
            "under_review",
            "edits_requested",
            "reviewer",
            "指标不明确",
        )
        assert (newest["actor"]["code"], newest["details"]) == (CITY, COMMENTS["comments"])
    pages = [items async for items in reviewed.pages_as(reviewed.port, f"{where}/steps?limit=3")]
    assert [[step["action"] for step in items] for items in pages] == [
        ["request_edits", "review", "submit"],
        ["create"],
    ]
    assert (await reviewed.get(f"{where}/steps")).status_code == 401
    assert (await reviewed.get(f"{where}/steps", as_=reviewed.rival)).status_code == 404
