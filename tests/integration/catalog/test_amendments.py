"""An amendment changes what it names; what it leaves out stays as the public knows it."""

from typing import Any

import pytest

from tests.integration.catalog.service_under_test import CatalogUnderTest, content

SILENT = {"version", "updated_at", "amendment_reason"}


async def amended(catalog: CatalogUnderTest, where: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = await catalog.post(f"{where}/amend", {"reason": "更正", **body}, If_Match='"3"')
    assert reply.status_code == 200, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


async def test_what_an_amendment_leaves_out_stays(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand(
        tracks=["空天信息"], budget_min_fen=100, budget_max_fen=200, policies=["支持政策"], docking="线上"
    )
    before = (await catalog.get(where, as_=catalog.port)).json()
    shown = await amended(catalog, where, {"title": "改后的标题"})
    assert {name for name in before if before[name] != shown[name]} - SILENT == {"title"}
    assert (await catalog.announced())[-1].data["demand"]["clauses"] == before["clauses"]
    assert await catalog.found(q="定位误差 改后的标题") == ["改后的标题"]


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({"clauses": []}, "clauses", []),
        ({"contact": None}, "contact", None),
        ({"closes_at": None}, "closes_at", None),
        ({"tracks": ["quantum_information"]}, "tracks", ["量子信息"]),
        ({"domain": "marine"}, "domain", "海洋"),
        ({"division": None}, "division", None),
    ],
)
async def test_an_amendment_empties_only_what_it_names(
    catalog: CatalogUnderTest, body: dict[str, Any], field: str, value: object
) -> None:
    where = await catalog.a_published_demand()
    before = (await catalog.get(where, as_=catalog.port)).json()
    shown = await amended(catalog, where, body)
    assert shown[field] == value
    assert {name for name in before if before[name] != shown[name]} - SILENT == {field}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#"),
        ({"title": None}, "#/title"),
        ({"title": ""}, "#/title"),
        ({"clauses": None}, "#/clauses"),
        ({"kind": "pilot"}, "#/kind"),
        ({"opens_at": "2100-01-01T00:00:00Z"}, "#/opens_at"),
        ({"budget_min_fen": 300}, "#/budget_max_fen"),
        ({"tracks": ["炼金术"]}, "#/tracks/0"),
        ({"colour": "red"}, "#/colour"),
    ],
)
async def test_an_amendment_is_held_against_what_stays_too(
    catalog: CatalogUnderTest, body: dict[str, Any], pointer: str
) -> None:
    where = await catalog.a_published_demand(budget_max_fen=200)
    before = (await catalog.get(where)).json()
    reply = await catalog.post(f"{where}/amend", {"reason": "更正", **body}, If_Match='"3"')
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await catalog.get(where)).json() == before


async def test_the_whole_content_is_an_amendment_too(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    shown = await amended(catalog, where, content(title="全部重写", clauses=[]))
    assert (shown["title"], shown["clauses"]) == ("全部重写", [])
