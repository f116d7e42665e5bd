"""Bad input is refused with the field at fault, stores nothing, and leaves the server serving."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e import texts
from tests.support.parties import Json, Party, Town

WRONG_CODE = "91330106MA2805HB2J"  # its check character is wrong
NUL = "\x00"


def clauses(**changes: object) -> list[Json]:
    return [{"kind": "function", "text": "识别箱体破洞", **changes}]


BAD_DEMANDS: dict[str, tuple[Json, str]] = {
    "an unknown kind of demand": ({"kind": "wish"}, "#/kind"),
    "an unknown kind of clause": ({"clauses": clauses(kind="miracle")}, "#/clauses/0/kind"),
    "NUL in a title": ({"title": f"箱体{NUL}识别"}, "#/title"),
    "NUL in a clause": ({"clauses": clauses(text=f"识别{NUL}破洞")}, "#/clauses/0/text"),
    "a thousand clauses": ({"clauses": clauses() * 1000}, "#/clauses"),
    "a closing time in the past": ({"closes_at": "2020-01-01T00:00:00Z"}, "#/closes_at"),
    "a closing time without a zone": ({"closes_at": "2099-01-01T00:00:00"}, "#/closes_at"),
    "an empty title": ({"title": "  "}, "#/title"),
    "a text of a hundred thousand characters": ({"need": "长" * 100_000}, "#/need"),
    "a value without an operator": ({"clauses": clauses(value=1.0)}, "#/clauses/0"),
    "a value that is no number": ({"clauses": clauses(operator="ge", value="many")}, "#/clauses/0/value"),
    "a budget upside down": ({"budget_min_fen": 2, "budget_max_fen": 1}, "#/budget_max_fen"),
    "a division of five digits": ({"division": "37021"}, "#/division"),
    "a track nobody knows": ({"tracks": ["炼金术"]}, "#/tracks/0"),
    "a field nobody knows": ({"colour": "red"}, "#/colour"),
}

BAD_PROFILES: dict[str, tuple[Json, str]] = {
    "an unknown kind of offer": ({"offer_kind": "magic"}, "#/offer_kind"),
    "NUL in a headline": ({"headline": NUL}, "#/headline"),
    "a readiness level of ten": ({"items": [{"title": "识别", "trl": 10}]}, "#/items/0/trl"),
    "a thousand items": ({"items": [{"title": "识别"}] * 1000}, "#/items"),
}

BAD_SUBSCRIPTIONS: dict[str, tuple[Json, str]] = {
    "an unknown channel": ({"channel": {"type": "pigeon"}}, "#/channel/type"),
    "a webhook without a URL": ({"channel": {"type": "webhook"}}, "#/channel/url"),
    "a URL that is none": ({"channel": {"type": "webhook", "url": "not a url"}}, "#/channel/url"),
    "a fit above a hundred": ({"channel": {"type": "nats"}, "filters": {"least_fit": 101}}, "#/filters/least_fit"),
}


def _cases(table: dict[str, tuple[Json, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("changes", "pointer"), table.values(), ids=table.keys())


@pytest.fixture
def agency(people: Town) -> Party:
    return people.agency()


@pytest.fixture
def firm(people: Town) -> Party:
    return people.enterprise()


async def refused(party: Party, service: str, path: str, body: object, pointer: str) -> None:
    """The reply is a problem document that names the field at `pointer`."""
    reply = await party.send("POST", service, path, body)
    assert reply.status_code == 422, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert pointer in [error.get("pointer") for error in reply.json()["errors"]], reply.text


@_cases(BAD_DEMANDS)
async def test_a_bad_demand_is_refused_by_field(agency: Party, changes: Json, pointer: str) -> None:
    await refused(agency, "catalog", "/v1/demands", texts.demand(**changes), pointer)
    assert await agency.listed("catalog", "/v1/demands", mine="true") == []
    assert await agency.draft(texts.demand())


@_cases(BAD_PROFILES)
async def test_a_bad_profile_is_refused_by_field(firm: Party, changes: Json, pointer: str) -> None:
    await refused(firm, "matcher", "/v1/profiles", texts.fitting_profile(**changes), pointer)
    assert await firm.listed("matcher", "/v1/profiles", organisation_scheme="uscc", organisation_code=firm.code) == []
    assert await firm.save_profile(texts.strange_profile())


@_cases(BAD_SUBSCRIPTIONS)
async def test_a_bad_subscription_is_refused_by_field(firm: Party, changes: Json, pointer: str) -> None:
    await refused(firm, "notify", "/v1/subscriptions", changes, pointer)
    assert await firm.listed("notify", "/v1/subscriptions") == []
    assert await firm.subscribe_on_nats()


async def test_a_mistyped_credit_code_is_refused(agency: Party) -> None:
    path = f"/v1/organisations/uscc/{WRONG_CODE}"
    reply = await agency.send("PUT", "catalog", path, {"name": "示例", "kind": "enterprise"})
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["parameter"] == "code"
    assert "check character" in reply.json()["errors"][0]["detail"]
    assert (await agency.send("GET", "catalog", path)).status_code == 404


POSTS = [
    ("catalog", "/v1/demands"),
    ("matcher", "/v1/profiles"),
    ("matcher", "/v1/fits"),
    ("notify", "/v1/subscriptions"),
]
JSON = {"Content-Type": "application/json"}
Raw = Callable[[str, str, bytes], Any]


@pytest.fixture
def raw(people: Town) -> Raw:
    """Sends bytes as they are, for a party that may use every door."""
    party = people.everyone()

    async def send(service: str, path: str, content: bytes) -> Any:
        url, headers = people.stack.url(service, path), {**party.token, **JSON}
        return await people.client.post(url, content=content, headers=headers)

    return send


@pytest.mark.parametrize(("service", "path"), POSTS)
async def test_broken_json_is_refused_with_the_place(raw: Raw, service: str, path: str) -> None:
    reply = await raw(service, path, b'{"kind": "scenario", "title": ')
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert "character 30" in reply.json()["errors"][0]["detail"]


@pytest.mark.parametrize(("service", "path"), POSTS)
@pytest.mark.parametrize(
    "content", [b"[]", b'"text"', b"\xff\xfe", b"", b"[" * 100_000], ids=lambda each: repr(each[:6])
)
async def test_what_is_no_object_is_refused(raw: Raw, service: str, path: str, content: bytes) -> None:
    reply = await raw(service, path, content)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(("service", "path"), POSTS)
async def test_ten_megabytes_are_refused_and_the_next_request_is_answered(raw: Raw, service: str, path: str) -> None:
    reply = await raw(service, path, b'{"title": "' + b"x" * 10 * 2**20 + b'"}')
    assert (reply.status_code, reply.headers["content-type"]) == (413, "application/problem+json")
    assert reply.json()["type"] == "/problems/too_large"
    assert (await raw(service, path, b"{}")).status_code == 422


async def test_a_refusal_speaks_the_language_of_the_caller(agency: Party) -> None:
    bad = texts.demand(title="")
    chinese = await agency.send("POST", "catalog", "/v1/demands", bad, {"Accept-Language": "zh-CN,zh;q=0.9"})
    assert chinese.headers["content-language"] == "zh"
    assert "请检查" in chinese.json()["detail"]
