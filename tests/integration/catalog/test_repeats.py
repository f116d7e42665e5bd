"""Whoever says the same twice is told so, and a draft says where it can be read back."""

from typing import Any

from tests.integration.catalog.service_under_test import CatalogUnderTest, content, id_of


async def drafted(catalog: CatalogUnderTest, **changes: Any) -> dict[str, Any]:
    reply = await catalog.post("/v1/demands", content(**changes))
    assert reply.status_code == 201
    shown: dict[str, Any] = reply.json()
    return shown


async def published(catalog: CatalogUnderTest, demand: dict[str, Any]) -> dict[str, Any]:
    await catalog.post(f"/v1/demands/{demand['id']}/submit")
    reply = await catalog.post(f"/v1/demands/{demand['id']}/publish")
    assert reply.status_code == 200
    shown: dict[str, Any] = reply.json()
    return shown


async def test_a_demand_that_says_the_same_as_an_earlier_one_names_it(catalog: CatalogUnderTest) -> None:
    first = await drafted(catalog)
    again = await drafted(catalog, contact={"name": "联系人乙", "phone": "0532-87654321"})
    third = await drafted(catalog)
    assert [each["same_as"] for each in (first, again, third)] == [None, first["id"], first["id"]]
    assert (await published(catalog, first))["same_as"] is None
    assert (await published(catalog, again))["same_as"] == first["id"]


async def test_the_same_is_told_however_often_it_is_asked(catalog: CatalogUnderTest) -> None:
    first, again = await drafted(catalog), await drafted(catalog)
    await published(catalog, first)
    await published(catalog, again)
    repeated = await catalog.post(f"/v1/demands/{again['id']}/publish")
    assert repeated.json()["same_as"] == first["id"]


async def test_what_differs_is_another_owners_or_is_over_is_not_the_same(catalog: CatalogUnderTest) -> None:
    ended = await catalog.a_published_demand()
    await catalog.post(f"{ended}/withdraw")
    closed = await catalog.a_published_demand()
    await catalog.post(f"{closed}/close")
    await catalog.a_published_demand(as_=catalog.rival)
    others: tuple[dict[str, Any], ...] = (
        {"title": "另一个标题"},
        {"need": "另一个需求"},
        {"clauses": []},
        {"kind": "pilot"},
    )
    for changes in others:
        await catalog.a_published_demand(**changes)
    assert (await drafted(catalog))["same_as"] is None


async def test_a_draft_says_where_it_can_be_reviewed(catalog: CatalogUnderTest) -> None:
    assert (await drafted(catalog))["review"] == "/v1/demands/review"


async def test_reading_a_demand_says_nothing_of_this(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    shown = (await catalog.get(where, as_=catalog.port)).json()
    assert {"same_as", "review"}.isdisjoint(shown)
    assert str(id_of(where)) == shown["id"]
