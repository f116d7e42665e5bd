"""A webhook gets each delivery signed, at least once and always with the same id, whatever fails on the way."""

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from standardwebhooks.webhooks import Webhook

from common.clock import new_id
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.receiver import Answer, Receiver


async def test_the_reference_library_accepts_a_delivery(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url("/hook"))
    match = a_match()
    async with notify.working():
        await notify.computed(match)
        [delivery] = await notify.settled(1)
    [request] = receiver.received("/hook")
    event = Webhook(subscription["secret"]).verify(request.body, dict(request.headers))
    assert request.headers["webhook-id"] == event["id"] == delivery["id"]
    assert request.headers["content-type"].startswith("application/cloudevents+json")
    assert (event["specversion"], event["type"], event["subject"]) == ("1.0", "notify.match.notified", str(match.id))
    assert event["data"]["match"] == match.model_dump(mode="json")


async def test_a_digest_is_one_request_that_lists_what_came(
    notify: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.app.LOOK_EVERY_S", 0.1)
    body = {"channel": {"type": "webhook", "url": receiver.url()}, "cadence": {"pace": "daily", "hour": 8}}
    assert (await notify.post("/v1/subscriptions", body)).status_code == 201
    matches = [a_match(), a_match()]

    async def collected() -> bool:
        return [each["state"] for each in await notify.deliveries()] == ["collected"] * 2

    async with notify.working():
        await notify.computed(*matches)
        await eventually(collected)
        assert receiver.received() == []
        notify.clock.let_pass(days=1)
        await eventually(receiver.received)
        await notify.settled(3)
    [request] = receiver.received()
    event = json.loads(request.body)
    assert event["type"] == "notify.digest.notified"
    assert {item["about"] for item in event["data"]["items"]} == {str(match.id) for match in matches}
    listed = await notify.deliveries(digest_id=event["id"])
    assert [each["state"] for each in listed] == ["gathered"] * 2


async def test_the_trace_of_the_match_goes_on_into_the_request(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(1)
    [request] = receiver.received()
    assert request.headers["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"


async def test_a_failure_is_followed_by_a_second_attempt_with_the_same_id_and_body(
    notify: World, receiver: Receiver
) -> None:
    await notify.webhook(receiver.url())
    receiver.next(500)
    async with notify.working():
        await notify.computed(a_match())
        await eventually(receiver.received)
        await _attempted(notify, 1)
        notify.clock.let_pass(seconds=6)
        [delivery] = await notify.settled(1)
    first, second = receiver.received()
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    attempts = (await notify.delivery(delivery["id"]))["attempts"]
    assert [(each["outcome"], each["status"]) for each in attempts] == [("refused", 500), ("sent", 204)]
    assert (delivery["state"], delivery["reason"]) == ("sent", None)


async def _attempted(notify: World, count: int) -> None:
    """Returns once the only delivery has failed `count` times."""

    async def has_failed() -> bool:
        return [each["failures_count"] for each in await notify.deliveries()] == [count]

    await eventually(has_failed)


async def test_a_receiver_that_never_recovers_is_given_up_with_the_reason(
    notify: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notify.sender.POLL_S", 0.05)  # the test's own clock wakes nobody
    await notify.webhook(receiver.url())
    receiver.always(503)
    async with notify.working():
        await notify.computed(a_match())
        for count in range(1, 10):
            await _attempted(notify, count)
            notify.clock.let_pass(hours=27)
        [delivery] = await notify.settled(1)
    assert (delivery["state"], delivery["reason"]) == ("abandoned", "http_503")
    assert len(receiver.received()) == 10


async def test_the_wait_a_receiver_asks_for_is_heeded(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    receiver.next(Answer(429, {"Retry-After": "3600"}))
    async with notify.working():
        await notify.computed(a_match())
        await _attempted(notify, 1)
        notify.clock.let_pass(minutes=59)
        await notify.computed(a_match())
        await eventually(lambda: len(receiver.received()) == 2)
        notify.clock.let_pass(minutes=2)
        await notify.settled(2)
    assert len({request.headers["webhook-id"] for request in receiver.received()}) == 2
    assert len(receiver.received()) == 3


async def test_410_disables_the_subscription_and_ends_what_was_waiting(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url())
    where = f"/v1/subscriptions/{subscription['id']}"
    receiver.next(500)
    async with notify.working():
        await notify.computed(a_match())
        await _attempted(notify, 1)
        receiver.always(410)
        await notify.computed(a_match())
        newest, oldest = await notify.settled(2)
        shown = await notify.get(where)
        assert (shown["state"], shown["state_reason"]) == ("disabled", "gone")
        await notify.computed(a_match(), event_id=(missed := new_id()))
        await eventually(lambda: notify.handled(missed))
        receiver.always(204)
        assert (await notify.post(f"{where}/resume")).json()["state"] == "active"
        await notify.computed(a_match())
        await notify.settled(3)
    assert (newest["state"], newest["reason"]) == ("abandoned", "gone")
    assert (oldest["state"], oldest["reason"]) == ("abandoned", "subscription_disabled")


async def test_an_abandoned_delivery_can_be_sent_again_with_its_id(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url())
    receiver.next(410)
    async with notify.working():
        await notify.computed(a_match())
        [delivery] = await notify.settled(1)
        where = f"/v1/deliveries/{delivery['id']}/redeliver"
        assert (await notify.post(where)).json()["type"] == "/problems/not_allowed_now"
        await notify.post(f"/v1/subscriptions/{subscription['id']}/resume")
        assert (await notify.post(where)).status_code == 202
        [again] = await notify.settled(1)
    assert (again["id"], again["state"]) == (delivery["id"], "sent")
    assert {request.headers["webhook-id"] for request in receiver.received()} == {delivery["id"]}
    assert len((await notify.delivery(delivery["id"]))["attempts"]) == 2


async def test_one_hanging_receiver_delays_nobody_else(notify: World, receiver: Receiver) -> None:
    with Receiver() as hanging:
        hanging.always(Answer(hangs=True))
        await notify.webhook(hanging.url().replace("127.0.0.1", "localhost"))
        await notify.webhook(receiver.url())
        async with notify.working(webhook_timeout_s=20.0, webhook_concurrency=8):
            await notify.computed(*(a_match() for _ in range(20)))
            await eventually(lambda: _are_sent(notify, 20), within=15)
            assert 0 < len(hanging.received()) <= notify.settings.webhook_host_limit
            hanging.closing.set()


async def test_one_organisations_slow_endpoints_delay_nobody_else_on_their_host(
    notify: World, receiver: Receiver
) -> None:
    await notify.webhook(receiver.url("/slow"), PORT)
    limit = notify.settings.webhook_host_limit
    receiver.next(*[Answer(hangs=True)] * limit)
    async with notify.working(webhook_timeout_s=20.0):
        await notify.computed(*(a_match() for _ in range(limit + 2)))
        await eventually(lambda: len(receiver.received("/slow")) == limit)
        await notify.webhook(receiver.url("/quick"), FIRM)
        await notify.computed(a_match())
        await eventually(lambda: receiver.received("/quick"))
        assert len(receiver.received("/slow")) == limit
        receiver.closing.set()


async def test_attempts_that_end_together_are_all_on_record(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    async with notify.working(webhook_host_limit=20):
        await notify.computed(*(a_match() for _ in range(30)))
        told = await notify.settled(30)
    found = [await notify.delivery(each["id"]) for each in told]
    assert [[attempt["outcome"] for attempt in each["attempts"]] for each in found] == [["sent"]] * 30


async def _are_sent(notify: World, count: int) -> bool:
    return [each["state"] for each in await notify.deliveries()].count("sent") == count


async def test_a_receiver_that_does_not_answer_in_time_is_tried_again(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    receiver.next(Answer(hangs=True))
    async with notify.working(webhook_timeout_s=0.3):
        await notify.computed(a_match())
        await _attempted(notify, 1)
        notify.clock.let_pass(seconds=6)
        [delivery] = await notify.settled(1)
    attempts = (await notify.delivery(delivery["id"]))["attempts"]
    assert [(each["outcome"], each["reason"]) for each in attempts] == [("unreachable", "timed_out"), ("sent", None)]


async def test_a_private_address_is_refused_at_the_moment_of_sending(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    await notify.verified()
    async with notify.working(allow_loopback=False):
        await notify.computed(a_match())
        await _attempted(notify, 1)
        [delivery] = await notify.deliveries()
    assert delivery["reason"] == "address_refused"
    assert receiver.received() == []


async def test_after_a_rotation_both_secrets_sign_for_a_while(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url())
    rotated = await notify.post(f"/v1/subscriptions/{subscription['id']}/rotate-secret")
    old, new = Webhook(subscription["secret"]), Webhook(rotated.json()["secret"])
    async with notify.working():
        await notify.computed(a_match())
        await notify.settled(1)
        [request] = receiver.received()
        for secret in (old, new):
            assert secret.verify(request.body, dict(request.headers))
        notify.clock.let_pass(days=2)
        await notify.computed(a_match())
        await notify.settled(2)
    later = receiver.received()[1]
    signatures = later.headers["webhook-signature"].split(" ")
    assert len(signatures) == 1
    assert signatures[0] == new.sign(
        later.headers["webhook-id"], _moment(later.headers["webhook-timestamp"]), later.body.decode()
    )


def _moment(timestamp: str) -> datetime:
    return datetime.fromtimestamp(int(timestamp), UTC)


async def test_a_changed_url_gets_what_is_still_due(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url("/old"))
    receiver.next(500)
    async with notify.working():
        await notify.computed(a_match())
        await _attempted(notify, 1)
        present = await notify.get(f"/v1/subscriptions/{subscription['id']}")
        reply = await notify.client.patch(
            f"/v1/subscriptions/{subscription['id']}",
            json={"channel": {"type": "webhook", "url": receiver.url("/new")}},
            headers={**notify.token(), "If-Match": f'"{present["version"]}"'},
        )
        assert (reply.status_code, reply.json()["state"]) == (200, "pending"), reply.text
        notify.clock.let_pass(seconds=6)
        await notify.settled(1)
    assert [request.path for request in receiver.received()] == ["/old", "/new"]
    assert [request.path for request in receiver.challenges] == ["/old", "/new"]


async def test_a_webhook_gets_nothing_before_it_took_a_signed_challenge(notify: World, receiver: Receiver) -> None:
    receiver.refuses_challenges = True
    subscription = await notify.webhook(receiver.url())
    assert subscription["state"] == "pending"
    async with notify.working():
        await notify.computed(a_match())
        await eventually(lambda: _was_challenged(notify, 1))
        await eventually(lambda: _is_held(notify))
        receiver.refuses_challenges = False
        notify.clock.let_pass(seconds=6)
        await notify.settled(1)
        assert (await notify.get(f"/v1/subscriptions/{subscription['id']}"))["state"] == "active"
    first, second = receiver.challenges
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    event = Webhook(subscription["secret"]).verify(second.body, dict(second.headers))
    assert (event["type"], event["data"]["url"]) == ("notify.endpoint.challenged", receiver.url())
    assert len(receiver.received()) == 1


async def _is_held(notify: World) -> bool:
    return [each["state"] for each in await notify.deliveries()] == ["held"]


async def _was_challenged(notify: World, count: int) -> bool:
    return [each["failures_count"] for each in await notify.challenges()][:1] == [count]


async def test_a_webhook_that_never_takes_the_challenge_is_disabled_and_can_be_asked_again(
    notify: World, receiver: Receiver
) -> None:
    receiver.refuses_challenges = True
    subscription = await notify.webhook(receiver.url())
    where = f"/v1/subscriptions/{subscription['id']}"
    async with notify.working():
        for count in range(1, 10):
            await eventually(partial(_was_challenged, notify, count))
            notify.clock.let_pass(hours=27)
        await eventually(lambda: _is(notify, where, "disabled"))
        assert (await notify.get(where))["state_reason"] == "unverified"
        receiver.refuses_challenges = False
        assert (await notify.post(f"{where}/resume")).json()["state"] == "pending"
        await eventually(lambda: _is(notify, where, "active"))


async def _is(notify: World, where: str, state: str) -> bool:
    return str((await notify.get(where))["state"]) == state
