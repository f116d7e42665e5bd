"""An organisation keeps its own subscriptions; what is wrong in a wish is named, and nothing of it is stored."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from deploy.embedded.tokens import TokenIssuer
from notify.settings import NotifySettings
from tests.integration.notify.matches import FIRM, PORT
from tests.integration.notify.service_under_test import World, opened, settings_for

WHERE = "/v1/subscriptions"
NATS = {"type": "nats"}


@pytest.fixture
def settings(database_of: Callable[[str], str], issuer: TokenIssuer) -> NotifySettings:
    """As in production, and without a broker: these requests need none."""
    usual = settings_for(database_of("notify"), "nats://127.0.0.1:9", issuer.settings)
    keys = (SecretStr(Fernet.generate_key().decode()),)
    return usual.model_copy(update={"allow_loopback": False, "secret_keys": keys})


@pytest.fixture
async def notify(settings: NotifySettings, issuer: TokenIssuer) -> AsyncIterator[World]:
    async with opened(settings, issuer) as world:
        yield world


async def _change(notify: World, subscription: Any, tag: str | None, **change: object) -> Any:
    headers = {**notify.token(), **({"If-Match": tag} if tag else {})}
    return await notify.client.patch(f"{WHERE}/{subscription['id']}", json=change, headers=headers)


async def test_a_subscription_is_shown_as_it_was_wished(notify: World) -> None:
    filters = {
        "kinds": ["scenario"],
        "tracks": ["量子信息"],
        "domains": ["海洋"],
        "divisions": ["3702", "110000"],
        "owners": [{"scheme": "uscc", "code": "91370200264574251E"}],
        "words": ["OPC UA", "时延"],
        "least_fit": 60,
        "least_band": "较强",
        "roles": ["profile_owner"],
        "topics": ["match"],
        "versions": "all",
        "calls": "all",
    }
    reply = await notify.post(WHERE, {"channel": NATS, "filters": filters})
    assert (reply.status_code, reply.headers["etag"]) == (201, '"1"')
    shown = await notify.get(reply.headers["location"])
    assert shown["filters"] == filters
    said = {name: value for name, value in shown["channel"].items() if value is not None}
    assert said == {"type": "nats", "subject": f"notify.uscc.{FIRM.code}.match"}
    assert shown["state"] == "active"


async def test_without_filters_every_fair_fit_of_both_sides_passes(notify: World) -> None:
    subscription = await notify.subject()
    assert subscription["filters"] == {
        "kinds": [],
        "tracks": [],
        "domains": [],
        "divisions": [],
        "owners": [],
        "words": [],
        "least_fit": 47,
        "least_band": None,
        "roles": ["demand_owner", "profile_owner"],
        "topics": ["match", "interest", "docking", "demand", "solicitation", "mandate", "objection", "step"],
        "versions": "new",
        "calls": "concerned",
    }


async def test_a_cadence_is_shown_as_it_was_wished_and_can_be_changed(notify: World) -> None:
    quiet = {"begins": "22:00", "ends": "07:00", "days": ["monday", "friday"]}
    cadence = {"pace": "weekly", "hour": 9, "weekday": "friday", "time_zone": "Europe/Berlin", "quiet": quiet,
               "monthly_cap": 20, "remind_days": [7, 1]}  # fmt: skip
    reply = await notify.post(WHERE, {"channel": NATS, "cadence": cadence})
    shown = await notify.get(reply.headers["location"])
    assert shown["cadence"] == cadence
    changed = await _change(notify, shown, '"1"', cadence={})
    assert (changed.json()["cadence"]["pace"], changed.json()["cadence"]["quiet"]) == ("immediate", None)
    assert changed.json()["filters"] == shown["filters"]


async def test_a_webhooks_secret_is_shown_once_and_stored_unreadable(notify: World) -> None:
    body = {"channel": {"type": "webhook", "url": "https://1.1.1.1/hook"}}
    first = await notify.post(WHERE, body, headers={"Idempotency-Key": "one"})
    repeat = await notify.post(WHERE, body, headers={"Idempotency-Key": "one"})
    secret = first.json()["secret"]
    assert secret.startswith("whsec_")
    assert (repeat.json()["id"], repeat.json()["secret"]) == (first.json()["id"], None)
    assert "secret" not in await notify.get(first.headers["location"])
    assert secret.removeprefix("whsec_") not in await _everything_stored(notify)


async def _everything_stored(notify: World) -> str:
    connection = await asyncpg.connect(notify.settings.database_url.replace("+asyncpg", ""))
    try:
        rows = await connection.fetch("SELECT s::text FROM subscriptions s UNION ALL SELECT i::text FROM idempotency i")
    finally:
        await connection.close()
    return "\n".join(row[0] for row in rows)


async def test_an_organisation_sees_only_its_own(notify: World) -> None:
    subscription = await notify.subject(FIRM)
    where = f"{WHERE}/{subscription['id']}"
    assert (await notify.get(WHERE, PORT))["items"] == []
    for reply in (
        await notify.client.get(where, headers=notify.token(PORT)),
        await notify.client.delete(where, headers=notify.token(PORT)),
        await notify.client.patch(where, json={}, headers={**notify.token(PORT), "If-Match": '"1"'}),
        await notify.post(f"{where}/pause", by=PORT),
        await notify.post(f"{where}/rotate-secret", by=PORT),
        await notify.client.get(f"/v1/deliveries/{uuid4()}", headers=notify.token(PORT)),
    ):
        assert (reply.status_code, reply.json()["type"]) == (404, "/problems/not_found")


async def test_without_a_token_nothing_is_shown(notify: World) -> None:
    for path in (WHERE, "/v1/deliveries"):
        assert (await notify.client.get(path)).status_code == 401


async def test_of_two_changes_to_one_version_the_later_is_refused(notify: World) -> None:
    subscription = await notify.subject()
    assert (await _change(notify, subscription, None)).status_code == 428
    changes = [_change(notify, subscription, '"1"', filters={"least_fit": fit}) for fit in (50, 70)]
    replies = await asyncio.gather(*changes)
    assert sorted(reply.status_code for reply in replies) == [200, 412]
    assert (await notify.get(f"{WHERE}/{subscription['id']}"))["version"] == 2


async def test_the_channel_of_a_subscription_stays(notify: World) -> None:
    subscription = await notify.subject()
    reply = await _change(notify, subscription, '"1"', channel={"type": "webhook", "url": "https://1.1.1.1/"})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/channel/type")


async def test_a_subject_has_no_secret_to_rotate(notify: World) -> None:
    subscription = await notify.subject()
    reply = await notify.post(f"{WHERE}/{subscription['id']}/rotate-secret")
    assert (reply.status_code, reply.json()["type"]) == (409, "/problems/not_allowed_now")


async def test_a_secret_keeps_the_overlap_it_was_promised(notify: World) -> None:
    made = await notify.post(WHERE, {"channel": {"type": "webhook", "url": "https://1.1.1.1/hook"}})
    where = f"{WHERE}/{made.json()['id']}/rotate-secret"
    assert (await notify.post(where)).status_code == 200
    again = await notify.post(where)
    assert (again.status_code, "rotate after" in again.json()["detail"]) == (409, True)


async def test_an_organisation_cannot_have_ever_more_subscriptions(notify: World) -> None:
    for fit in range(notify.settings.subscriptions_limit):
        await notify.subject(least_fit=fit)
    reply = await notify.post(WHERE, {"channel": NATS})
    assert (reply.status_code, reply.json()["type"]) == (409, "/problems/not_allowed_now")
    await notify.subject(PORT)


async def test_pages_show_every_subscription_once_newest_first(notify: World) -> None:
    made = [(await notify.subject(least_fit=fit))["id"] for fit in range(5)]
    seen: list[str] = []
    where: str | None = f"{WHERE}?limit=2"
    while where:
        reply = await notify.client.get(where, headers=notify.token())
        seen += [each["id"] for each in reply.json()["items"]]
        where = reply.links["next"]["url"] if "next" in reply.links else None
    assert seen == made[::-1]


def _webhook(url: object) -> dict[str, object]:
    return {"channel": {"type": "webhook", "url": url}}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/channel"),
        ([], "#"),
        ({"channel": {"type": "fax"}}, "#/channel/type"),
        ({"channel": {"type": "webhook"}}, "#/channel/url"),
        ({"channel": {"type": "nats", "url": "https://1.1.1.1/"}}, "#/channel/url"),
        (_webhook(7), "#/channel/url"),
        (_webhook("https://1.1.1.1/" + "x" * 2000), "#/channel/url"),
        (_webhook("http://1.1.1.1/"), "#/channel/url"),
        (_webhook("https://me:word@1.1.1.1/"), "#/channel/url"),
        (_webhook("https://1.1.1.1:22/"), "#/channel/url"),
        (_webhook("https://1.1.1.1/\x00"), "#/channel/url"),
        (_webhook("https://localhost/"), "#/channel/url"),
        (_webhook("https://10.0.0.1/"), "#/channel/url"),
        (_webhook("https://2130706433/"), "#/channel/url"),
        (_webhook("https://0x7f.1/"), "#/channel/url"),
        (_webhook("https://[::1]/"), "#/channel/url"),
        (_webhook("https://[::ffff:10.0.0.1]/"), "#/channel/url"),
        (_webhook("https://169.254.169.254/latest/meta-data"), "#/channel/url"),
        (_webhook("https://no-such-name.invalid/"), "#/channel/url"),
        ({"channel": NATS, "filters": {"least_fit": 101}}, "#/filters/least_fit"),
        ({"channel": NATS, "filters": {"kinds": ["wish"]}}, "#/filters/kinds/0"),
        ({"channel": NATS, "filters": {"domains": ["农业"]}}, "#/filters/domains/0"),
        ({"channel": NATS, "filters": {"divisions": ["3702", "990000"]}}, "#/filters/divisions/1"),
        ({"channel": NATS, "filters": {"owners": [{"scheme": "uscc", "code": "1"}]}}, "#/filters/owners/0"),
        ({"channel": NATS, "filters": {"words": ["，"]}}, "#/filters/words/0"),
        ({"channel": NATS, "filters": {"least_band": "superb"}}, "#/filters/least_band"),
        ({"channel": NATS, "filters": {"colour": "red"}}, "#/filters/colour"),
        ({"channel": NATS, "filters": {"roles": []}}, "#/filters/roles"),
        ({"channel": NATS, "filters": {"tracks": ["a\x00"]}}, "#/filters/tracks/0"),
        ({"channel": NATS, "filters": {"tracks": ["太赫兹", "炼金术"]}}, "#/filters/tracks/1"),
        ({"channel": NATS, "filters": {"tracks": ["太赫兹", "terahertz"]}}, "#/filters/tracks/1"),
        ({"channel": NATS, "filters": {"least_fit": "60"}}, "#/filters/least_fit"),
        ({"channel": NATS, "filters": {"least_fit": True}}, "#/filters/least_fit"),
        ({"channel": NATS, "filters": {"roles": ["owner", "demand_owner"]}}, "#/filters/roles/0"),
        ({"channel": NATS, "filters": {"topics": ["weather", "match"]}}, "#/filters/topics/0"),
        ({"channel": NATS, "cadence": {"pace": "hourly"}}, "#/cadence/pace"),
        ({"channel": NATS, "cadence": {"time_zone": "Asia/Qingdao"}}, "#/cadence/time_zone"),
        ({"channel": NATS, "cadence": {"quiet": {"begins": "7:00", "ends": "08:00"}}}, "#/cadence/quiet/begins"),
        ({"channel": NATS, "cadence": {"remind_days": [3, 31]}}, "#/cadence/remind_days/1"),
        ({"channel": NATS, "include_standing": "yes"}, "#/include_standing"),
        ({"channel": NATS, "filters": {"tracks": ["a"] * 1000}}, "#/filters/tracks"),
        ({"channel": NATS, "colour": "red"}, "#/colour"),
    ],
)
async def test_a_refusal_names_the_field_and_nothing_is_stored(notify: World, body: object, pointer: str) -> None:
    reply = await notify.post(WHERE, body)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]
    assert (await notify.get(WHERE))["items"] == []


async def test_a_refused_change_leaves_everything_as_it_was(notify: World) -> None:
    subscription = (await notify.post(WHERE, _webhook("https://1.1.1.1/"))).json()
    for url in ("https://127.0.0.1/", "http://1.1.1.1/", None):
        reply = await _change(notify, subscription, '"1"', channel={"type": "webhook", "url": url})
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/channel/url")
    shown = await notify.get(f"{WHERE}/{subscription['id']}")
    assert (shown["version"], shown["channel"]["url"]) == (1, "https://1.1.1.1/")


async def test_a_refusal_speaks_chinese_when_asked(notify: World) -> None:
    reply = await notify.post(WHERE, _webhook("https://10.0.0.1/"), headers={"Accept-Language": "zh-CN"})
    assert reply.json()["detail"] == "请检查 #/channel/url：该主机没有公网地址"


async def test_a_wrong_filter_of_deliveries_is_named(notify: World) -> None:
    for query, parameter in (("state=lost", "state"), ("subscription_id=x", "subscription_id"), ("limit=0", "limit")):
        reply = await notify.client.get(f"/v1/deliveries?{query}", headers=notify.token())
        assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, parameter)
