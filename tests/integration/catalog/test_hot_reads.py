"""Public reads from bytes kept by version are what the general route says, also when another process changes them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from catalog.settings import CatalogSettings
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.service_under_test import PORT, RIVAL, CatalogUnderTest, Headers, content, running

NAME = {"name": "改名后的港口", "kind": "soe"}


@pytest.fixture
async def beside(settings: CatalogSettings, issuer: TokenIssuer) -> AsyncIterator[CatalogUnderTest]:
    """Another process on the same database."""
    async with running(settings, issuer) as other:
        yield other


def a_stranger(catalog: CatalogUnderTest) -> Headers:
    """A token that no process has seen yet, so that the route has to check it."""
    return catalog.token(RIVAL, "另一家（示例）", "enterprise")


async def test_a_demand_reads_alike_from_the_hot_read_and_the_route(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand(locality=None, budget_min_fen=100)
    for _ in range(2):  # once made, once kept
        hot, routed = await catalog.get(where), await catalog.get(where, as_=a_stranger(catalog))
        assert (hot.status_code, hot.content) == (200, routed.content)
        assert {name: hot.headers[name] for name in ("etag", "content-type", "vary", "cache-control")} == {
            name: routed.headers[name] for name in ("etag", "content-type", "vary", "cache-control")
        }


@pytest.mark.parametrize("query", ["", "?state=published", "?limit=2", "?state=withdrawn"])
async def test_a_list_reads_alike_from_the_hot_read_and_the_route(catalog: CatalogUnderTest, query: str) -> None:
    for number in range(3):
        where = await catalog.a_published_demand(title=f"需求{number}")
    await catalog.post(f"{where}/withdraw", {"reason": "不做了"})
    routed = await catalog.get(f"/v1/demands{query}", as_=a_stranger(catalog))
    for token in (None, None, catalog.rival, catalog.rival, catalog.port):
        hot = await catalog.get(f"/v1/demands{query}", as_=token)
        assert (hot.content, hot.headers.get("link")) == (routed.content, routed.headers.get("link"))


async def test_what_another_process_changes_is_seen_at_once(
    catalog: CatalogUnderTest, beside: CatalogUnderTest
) -> None:
    where = await catalog.a_published_demand(title="先前")
    for path in (where, "/v1/demands"):
        for reader in (catalog, beside):
            assert "先前" in (await reader.get(path)).text
    assert (
        await beside.post(f"{where}/amend", {"title": "后来", "reason": "更正标题"}, If_Match='"3"')
    ).status_code == 200
    for path in (where, "/v1/demands"):
        for reader in (catalog, beside):
            assert "后来" in (await reader.get(path)).text


async def test_nothing_older_is_read_than_what_another_process_has_acknowledged(
    catalog: CatalogUnderTest, beside: CatalogUnderTest
) -> None:
    """Many read at once, so that they share statements, while one writes elsewhere."""
    where = await catalog.a_published_demand()
    acknowledged, is_over = 3, False

    async def read(path: str) -> None:
        while not is_over:
            known = acknowledged
            body = (await catalog.get(path)).json()
            assert body.get("items", [body])[0]["version"] >= known

    readers = [asyncio.create_task(read(path)) for path in (where, "/v1/demands") for _ in range(8)]
    for version in range(3, 23):
        said = {"title": f"第{version}版", "reason": "更正标题"}
        reply = await beside.post(f"{where}/amend", said, If_Match=f'"{version}"')
        acknowledged = reply.json()["version"]
    is_over = True
    await asyncio.gather(*readers)
    assert acknowledged == 23


async def test_the_next_page_is_where_the_path_says_whatever_name_the_server_was_called_by(
    catalog: CatalogUnderTest,
) -> None:
    for _ in range(2):
        await catalog.a_published_demand()
    await catalog.get("/v1/demands?limit=1")
    misled = await catalog.get("/v1/demands?limit=1", as_={"Host": "elsewhere/path?x="})
    reply = await catalog.get("/v1/demands?limit=1")
    assert reply.headers["link"] == misled.headers["link"]
    assert reply.headers["link"].startswith("</v1/demands?limit=1&cursor=")


async def test_a_demand_published_elsewhere_joins_the_list_at_once(
    catalog: CatalogUnderTest, beside: CatalogUnderTest
) -> None:
    assert await catalog.found() == await catalog.found() == []
    where = await beside.a_published_demand(title="新的")
    assert await catalog.found() == ["新的"]
    await beside.post(f"{where}/close")
    assert await catalog.found(state="published") == await catalog.found(state="published") == []


async def test_a_new_name_of_the_owner_is_shown_under_another_tag(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    before = await catalog.get(where)
    await catalog.put(f"/v1/organisations/uscc/{PORT}", NAME)
    after = await catalog.get(where)
    assert (after.json()["owner_name"], after.json()["version"]) == (NAME["name"], before.json()["version"])
    assert after.headers["etag"] != before.headers["etag"]
    assert (await catalog.get("/v1/demands")).json()["items"][0]["owner_name"] == NAME["name"]


async def test_a_draft_is_not_there_for_others_whatever_was_read_before(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    assert (await catalog.get(where, as_=catalog.port)).status_code == 200
    for _ in range(2):
        reply = await catalog.get(where)
        assert (reply.status_code, reply.json()["type"]) == (404, "/problems/not_found")


async def test_an_id_in_other_forms_and_unknown_parameters_are_the_routes_to_judge(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    assert (await catalog.get("/v1/demands/not-an-id")).status_code == 422
    assert (await catalog.get(where, colour="red")).status_code == 422
    assert (await catalog.get("/v1/demands", colour="red")).status_code == 422
    assert (await catalog.get(where.upper().replace("/V1/DEMANDS", "/v1/demands"))).status_code == 200
    assert (await catalog.get(where, as_={"Authorization": "Bearer forged"})).status_code == 401


@pytest.mark.parametrize("token", [None, "rival"])
async def test_who_has_the_present_text_is_told_so(catalog: CatalogUnderTest, token: str | None) -> None:
    where = await catalog.a_published_demand()
    reader = catalog.rival if token else {}
    tag = (await catalog.get(where, as_=reader)).headers["etag"]
    assert tag.startswith('"3-'), "strong, and led by the version"
    for sent in (tag, f'"1", W/{tag}', "*"):
        reply = await catalog.get(where, as_={**reader, "If-None-Match": sent})
        assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", tag)
    assert (await catalog.get(where, as_={**reader, "If-None-Match": '"3"'})).status_code == 200
    await catalog.post(f"{where}/amend", {"title": "后来", "reason": "更正标题"}, If_Match=tag)
    reply = await catalog.get(where, as_={**reader, "If-None-Match": tag})
    assert (reply.status_code, reply.json()["title"]) == (200, "后来")


async def test_its_owner_gets_the_contact_whatever_text_he_has(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    tag = (await catalog.get(where)).headers["etag"]
    reply = await catalog.get(where, as_={**catalog.port, "If-None-Match": tag})
    assert (reply.status_code, reply.json()["contact"]) == (200, {**content()["contact"], "email": None})
    assert reply.headers["etag"] != tag
    assert "private" in reply.headers["cache-control"]


async def test_only_its_owner_gets_the_contact_whoever_was_seen_before(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    for _ in range(3):
        shown = [(await catalog.get(where, as_=token)).json() for token in (catalog.port, catalog.rival, None)]
        assert ["contact" in one for one in shown] == [True, False, False]
