"""What an organisation wishes for twice it has once, and no crowd of requests gets it more than it may have."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from common.fields import OrganisationKey
from notify.deliveries.rules import EndpointPace
from notify.subscriptions import confirming
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.service_under_test import World
from tests.support.postgres import migrate
from tests.support.rewind import rewind

WHERE = "/v1/subscriptions"
NATS: dict[str, Any] = {"channel": {"type": "nats"}}
UNIQUE = "uq_subscriptions_organisation_scheme_organisation_code_wish"
HOOK: dict[str, Any] = {"channel": {"type": "webhook", "url": "http://127.0.0.1:9/hook"}}


async def wish(notify: World, body: object, by: OrganisationKey = FIRM) -> tuple[int, Any]:
    reply = await notify.post(WHERE, body, by)
    return reply.status_code, reply.json()


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (NATS, NATS),
        (HOOK, HOOK),
        (NATS, {**NATS, "filters": {"least_fit": 47, "kinds": []}}),
        (
            {
                **NATS,
                "filters": {"kinds": ["scenario", "pilot"], "tracks": ["量子信息", "太赫兹"], "domains": ["海洋"]},
            },
            {
                **NATS,
                "filters": {"kinds": ["pilot", "scenario"], "tracks": ["terahertz", "量子信息"], "domains": ["marine"]},
            },
        ),
        (
            {**NATS, "filters": {"divisions": ["370200"], "words": ["OPC UA", "時延"], "least_band": "fair"}},
            {
                **NATS,
                "filters": {"divisions": ["3702", "370211"], "words": ["时延", "ｏｐｃ-ua"], "least_band": "较强"},
            },
        ),
        (
            {**NATS, "cadence": {"pace": "daily", "remind_days": [3, 7]}},
            {**NATS, "cadence": {"pace": "daily", "weekday": "friday", "remind_days": [7, 3, 3]}},
        ),
        ({**NATS, "filters": {"kinds": ["pilot"]}}, {**NATS, "filters": {"kinds": ["pilot", "pilot"]}}),
        (
            {**NATS, "filters": {"roles": ["demand_owner", "profile_owner"]}},
            {**NATS, "filters": {"roles": ["profile_owner", "demand_owner"]}},
        ),
    ],
)
async def test_the_same_wish_again_is_answered_with_the_subscription_there_is(
    notify: World, first: object, again: object
) -> None:
    made_status, made = await wish(notify, first)
    status, shown = await wish(notify, again)
    assert (made_status, status) == (201, 200)
    assert (shown["id"], shown["version"], shown.get("secret")) == (made["id"], 1, None)
    assert len((await notify.get(WHERE))["items"]) == 1


async def test_the_same_wish_in_order_puts_the_subscription_there_is_in_order(notify: World) -> None:
    await wish(notify, HOOK)
    status, shown = await wish(notify, {"channel": {**HOOK["channel"], "is_ordered": True}})
    assert (status, shown["channel"]["is_ordered"], shown["version"]) == (200, True, 2)
    assert (await wish(notify, HOOK))[1]["channel"]["is_ordered"] is True


@pytest.mark.parametrize(
    "other",
    [
        {**NATS, "filters": {"least_fit": 48}},
        {**NATS, "filters": {"roles": ["demand_owner"]}},
        {**NATS, "filters": {"versions": "all"}},
        {**NATS, "cadence": {"pace": "daily"}},
        HOOK,
        {"channel": {"type": "webhook", "url": "http://127.0.0.1:9/other"}},
    ],
)
async def test_another_wish_is_another_subscription(notify: World, other: object) -> None:
    await wish(notify, NATS)
    assert (await wish(notify, other))[0] == 201
    assert (await wish(notify, NATS, PORT))[0] == 201


async def test_the_same_wish_many_times_at_once_is_one_subscription_and_one_delivery(notify: World) -> None:
    replies = await asyncio.gather(*(wish(notify, NATS) for _ in range(8)))
    assert Counter(status for status, _ in replies) == {201: 1, 200: 7}
    assert len({shown["id"] for _, shown in replies}) == 1
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(1)


async def test_the_limit_holds_for_requests_that_come_at_once(notify: World) -> None:
    bodies = [{**NATS, "filters": {"least_fit": fit}} for fit in range(notify.settings.subscriptions_limit + 24)]
    replies = await asyncio.gather(*(wish(notify, body) for body in bodies))
    assert Counter(status for status, _ in replies) == {201: notify.settings.subscriptions_limit, 409: 24}
    status, _ = await wish(notify, next(body for body, reply in zip(bodies, replies, strict=True) if reply[0] == 201))
    assert status == 200, "what is there already takes no further place"


async def test_a_change_cannot_make_two_subscriptions_the_same(notify: World) -> None:
    first = await notify.subject()
    other = await notify.subject(least_fit=80)
    headers = {**notify.token(), "If-Match": '"1"'}
    reply = await notify.client.patch(f"{WHERE}/{other['id']}", json={"filters": {}}, headers=headers)
    assert (reply.status_code, reply.json()["type"]) == (409, "/problems/not_allowed_now")
    assert first["id"] in reply.json()["detail"]
    same = await notify.client.patch(f"{WHERE}/{other['id']}", json={"filters": {"least_fit": 80}}, headers=headers)
    assert same.status_code == 200


async def test_what_was_deleted_can_be_wished_for_anew(notify: World) -> None:
    made = await notify.subject()
    await notify.client.delete(f"{WHERE}/{made['id']}", headers=notify.token())
    assert (await notify.subject())["id"] != made["id"]


async def test_subscriptions_that_were_the_same_become_one_when_migrated(notify: World) -> None:
    kept = await notify.subject()
    await notify.execute(f"ALTER TABLE subscriptions DROP CONSTRAINT {UNIQUE}")
    for _ in range(2):
        await notify.execute(
            "INSERT INTO subscriptions SELECT (jsonb_populate_record(s, jsonb_build_object("
            "'id', gen_random_uuid(), 'created_at', s.created_at + interval '1 s'))).* FROM subscriptions s LIMIT 1"
        )
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(3)
    await rewind("notify", notify.settings.database_url, "0001")
    await asyncio.to_thread(migrate, "notify", notify.settings.database_url)
    assert [each["id"] for each in (await notify.get(WHERE))["items"]] == [kept["id"]]
    assert (await wish(notify, NATS))[0] == 200
    assert len(await notify.deliveries()) == 3, "what was told stays on record"


async def test_an_organisation_has_webhooks_on_one_host_challenged_a_few_times_at_once(
    notify: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever their paths, and whether a challenge is new or sent again; others have turns of their own."""
    monkeypatch.setattr(confirming, "PACE_OF_HOST", EndpointPace(burst=2, interval_s=3600.0))
    monkeypatch.setattr(confirming, "PACE_OF_CHALLENGER", EndpointPace(burst=3, interval_s=3600.0))

    async def status(url: str, by: OrganisationKey = FIRM) -> int:
        return (await wish(notify, {"channel": {"type": "webhook", "url": url}}, by))[0]

    assert [await status(f"http://127.0.0.1:9/?{number}") for number in range(3)] == [201, 201, 409]
    [challenge, _] = await notify.challenges()
    assert (await notify.post(f"/v1/deliveries/{challenge['id']}/redeliver")).status_code == 409
    assert await status("http://127.0.0.1:9/?0", PORT) == 201
    assert [await status(f"http://localhost:9/?{number}") for number in range(2)] == [201, 409]
