"""Organisations: recorded once, by themselves or an operator, under a code that can be right."""

import asyncio
from datetime import datetime

import pytest

from common.clock import now
from tests.integration.catalog.service_under_test import PORT, RIVAL, CatalogUnderTest, content
from tests.integration.catalog.solicited import FIRM, Solicited

WHERE = f"/v1/organisations/uscc/{PORT}"
BODY = {"name": "青岛港", "kind": "soe", "division": "370211"}


async def test_an_organisation_records_itself(catalog: CatalogUnderTest) -> None:
    reply = await catalog.put(WHERE, BODY)
    assert reply.status_code == 200
    read = (await catalog.get(WHERE)).json()
    assert read == reply.json()
    assert {name: read[name] for name in ("scheme", "code", *BODY)} == {"scheme": "uscc", "code": PORT, **BODY}


async def test_writing_the_same_again_changes_nothing(catalog: CatalogUnderTest) -> None:
    first = await catalog.put(WHERE, BODY)
    assert (await catalog.put(WHERE, BODY)).json() == first.json()
    assert (await catalog.row_counts())["organisations"] == 1


async def test_writing_at_the_same_time_records_one(catalog: CatalogUnderTest) -> None:
    replies = await asyncio.gather(*(catalog.put(WHERE, {**BODY, "name": f"青岛港{n}"}) for n in range(5)))
    assert {reply.status_code for reply in replies} == {200}
    assert (await catalog.row_counts())["organisations"] == 1


async def test_an_operator_may_write_for_others_and_nobody_else(catalog: CatalogUnderTest) -> None:
    operator = catalog.token("11320000MB151840XJ", "平台", "operator")
    assert (await catalog.put(WHERE, BODY, as_=operator)).status_code == 200
    refused = await catalog.put(WHERE, {**BODY, "name": "改名"}, as_=catalog.rival)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    assert (await catalog.get(WHERE)).json()["name"] == "青岛港"


@pytest.mark.parametrize("code", ["91330106MA2805HB2J", "91370211MA3QDK2Q8A", "91370211", "91370211ma3qdk2q8b"])
async def test_a_wrong_credit_code_is_refused_by_name(catalog: CatalogUnderTest, code: str) -> None:
    operator = catalog.token(RIVAL, "平台", "operator")
    reply = await catalog.put(f"/v1/organisations/uscc/{code}", BODY, as_=operator)
    assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "code")
    assert (await catalog.row_counts())["organisations"] == 0


async def test_a_foreign_party_has_another_scheme(catalog: CatalogUnderTest) -> None:
    abroad = catalog.token("NO000009731", "Nordhav Subsea Robotics", "enterprise", scheme="vat_no")
    body = {"name": "Nordhav Subsea Robotics", "kind": "enterprise"}
    reply = await catalog.put("/v1/organisations/vat_no/NO000009731", body, as_=abroad)
    assert (reply.status_code, reply.json()["division"]) == (200, None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**BODY, "kind": "ministry"}, "#/kind"),
        ({**BODY, "name": "青\x00岛"}, "#/name"),
        ({**BODY, "division": "山东"}, "#/division"),
        ({**BODY, "rank": 1}, "#/rank"),
        ([], "#"),
    ],
)
async def test_a_bad_body_names_the_field(catalog: CatalogUnderTest, body: object, pointer: str) -> None:
    reply = await catalog.put(WHERE, body)
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await catalog.row_counts())["organisations"] == 0


@pytest.mark.parametrize("path", ["USCC/x", "uscc/a.b", "uscc/%00", "u/91"])
async def test_a_key_that_cannot_be_is_refused(catalog: CatalogUnderTest, path: str) -> None:
    assert (await catalog.get(f"/v1/organisations/{path}")).status_code == 422


async def test_an_organisation_nobody_recorded_is_not_found(catalog: CatalogUnderTest) -> None:
    assert (await catalog.get(WHERE)).status_code == 404


async def test_organisations_are_found_by_part_of_their_name(catalog: CatalogUnderTest) -> None:
    await catalog.put(WHERE, BODY)
    await catalog.put(f"/v1/organisations/uscc/{RIVAL}", {"name": "100% Robotics", "kind": "other"}, as_=catalog.rival)
    for part, found in {
        "岛港": ["青岛港"],
        "青島": ["青岛港"],
        "ROBOT": ["100% Robotics"],
        "0%": ["100% Robotics"],
        "%": ["100% Robotics"],
    }.items():
        items = (await catalog.get("/v1/organisations", name=part)).json()["items"]
        assert [item["name"] for item in items] == found
    assert (await catalog.get("/v1/organisations", name="\x00")).status_code == 422


async def test_organisations_are_listed_page_by_page(catalog: CatalogUnderTest) -> None:
    operator = catalog.token(RIVAL, "平台", "operator")
    for number in range(3):
        body = {"name": f"Firm {number}", "kind": "enterprise"}
        await catalog.put(f"/v1/organisations/vat_no/NO{number}", body, as_=operator)
    pages = [[item["name"] for item in items] async for items in catalog.pages("/v1/organisations?limit=2")]
    assert pages == [["Firm 2", "Firm 1"], ["Firm 0"]]


async def test_a_demands_owner_is_named_as_recorded(catalog: CatalogUnderTest) -> None:
    await catalog.put(WHERE, BODY)
    other = catalog.token(PORT, "令牌里的名字", "publisher")
    where = await catalog.a_published_demand(as_=other)
    assert (await catalog.get(where)).json()["owner_name"] == "青岛港"
    assert (await catalog.announced())[0].data["demand"]["owner_name"] == "青岛港"


async def test_an_unrecorded_organisation_is_known_by_its_first_public_demand(catalog: CatalogUnderTest) -> None:
    replies = await asyncio.gather(*(catalog.post("/v1/demands", content()) for _ in range(4)))
    assert {reply.status_code for reply in replies} == {201}
    assert (await catalog.row_counts())["organisations"] == 1
    await catalog.a_published_demand()
    read = (await catalog.get(WHERE)).json()
    assert (read["name"], read["kind"]) == ("青岛港（示例）", "other")
    assert (await catalog.get("/v1/organisations")).json()["items"] == [read]


async def test_who_only_did_what_is_private_is_not_shown(catalog: CatalogUnderTest) -> None:
    call = Solicited(catalog)
    await call.open()
    await call.submit(call.firm)
    await catalog.a_draft(as_=catalog.rival)
    listed = (await catalog.get("/v1/organisations")).json()["items"]
    assert [one["code"] for one in listed] == [PORT]
    for hidden in (FIRM, RIVAL):
        assert (await catalog.get(f"/v1/organisations/uscc/{hidden}")).status_code == 404
    before = now()
    where = f"/v1/organisations/uscc/{FIRM}"
    assert (await catalog.put(where, {"name": "甲公司", "kind": "enterprise"}, as_=call.firm)).status_code == 200
    shown = (await catalog.get(where)).json()
    # When it first did something stays private too.
    assert datetime.fromisoformat(shown["created_at"]) >= before
