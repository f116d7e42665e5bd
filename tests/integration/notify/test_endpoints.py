"""What a webhook's owner sees of it, and what becomes of one that keeps failing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from notify import tidying
from notify.redelivery import service as redelivery
from tests.integration.notify.matches import FIRM, PORT, a_match
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.receiver import Answer, Receiver


async def _are(notify: World, states: list[str]) -> bool:
    return sorted(each["state"] for each in await notify.deliveries(channel="webhook")) == sorted(states)


async def test_an_endpoint_that_keeps_failing_is_paused_its_owner_told_and_one_call_resumes_it(
    notify: World, receiver: Receiver
) -> None:
    subscription = await notify.webhook(receiver.url())
    await notify.subject(topics=["step"])
    where = f"/v1/subscriptions/{subscription['id']}"
    receiver.always(500)

    async def is_failing(count: int) -> bool:
        return int((await notify.get(where))["failures_count"]) == count

    async with notify.working(failing_count=2, failing_s=1.0):
        await notify.computed(a_match())
        await eventually(lambda: is_failing(1))
        assert (await notify.get(where))["state"] == "active"
        notify.clock.let_pass(seconds=6)
        await eventually(lambda: _are(notify, ["held"]))
        shown = await notify.get(where)
        assert (shown["state"], shown["state_reason"]) == ("paused", "endpoint_failing")
        assert shown["failing_since"]
        [told] = await notify.deliveries(channel="nats")
        assert told["news_type"] == "notify.subscription.paused"
        assert (await notify.delivery(told["id"]))["news"]["step"]["id"] == subscription["id"]
        receiver.always(204)
        resumed = (await notify.post(f"{where}/resume")).json()
        assert (resumed["state"], resumed["state_reason"], resumed["failures_count"]) == ("active", None, 0)
        await eventually(lambda: _are(notify, ["sent"]))


async def test_one_success_ends_the_count_of_failures(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url())
    receiver.next(500)
    async with notify.working(failing_count=2, failing_s=0.0):
        await notify.computed(a_match())
        await eventually(receiver.received)
        await notify.computed(a_match())
        await eventually(lambda: _are(notify, ["pending", "sent"]))
        notify.clock.let_pass(seconds=6)
        await notify.settled(2)
    shown = await notify.get(f"/v1/subscriptions/{subscription['id']}")
    assert (shown["state"], shown["failing_since"], shown["failures_count"]) == ("active", None, 0)


async def test_of_what_is_in_order_the_next_waits_while_the_former_is_tried_again(
    notify: World, receiver: Receiver
) -> None:
    channel = {"type": "webhook", "url": receiver.url(), "is_ordered": True}
    made = await notify.post("/v1/subscriptions", {"channel": channel, "filters": {"versions": "all"}})
    assert made.json()["channel"]["is_ordered"] is True
    match, other = a_match(), a_match()
    receiver.next(500)
    async with notify.working():
        await notify.computed(match)
        await eventually(receiver.received)
        await notify.computed(match.model_copy(update={"version": 2, "fit": 90}), other)
        await eventually(lambda: _are(notify, ["pending", "pending", "sent"]))
        notify.clock.let_pass(seconds=6)
        [last, _, first] = sorted(await notify.settled(3), key=lambda each: str(each["settled_at"]), reverse=True)
    assert [first["match_id"], last["match_version"]] == [str(other.id), 2]
    ids = [request.headers["webhook-id"] for request in receiver.received()]
    assert ids == [ids[0], first["id"], ids[0], last["id"]]


async def test_nobody_waits_for_more_than_a_day_for_what_came_before(notify: World, receiver: Receiver) -> None:
    channel = {"type": "webhook", "url": receiver.url(), "is_ordered": True}
    await notify.post("/v1/subscriptions", {"channel": channel, "filters": {"versions": "all"}})
    match = a_match()
    receiver.next(Answer(503, {"Retry-After": str(2 * 86_400)}))
    async with notify.working():
        await notify.computed(match)
        await eventually(receiver.received)
        await eventually(lambda: _has_failed(notify))
        await notify.execute("UPDATE deliveries SET due_at = now() + interval '5 days'")
        notify.clock.let_pass(hours=25)
        await notify.computed(match.model_copy(update={"version": 2, "fit": 90}))
        await eventually(lambda: _are(notify, ["pending", "sent"]))


async def _has_failed(notify: World) -> bool:
    found: list[int] = [each["failures_count"] for each in await notify.deliveries()]
    return found == [1]


async def test_many_are_sent_again_at_once_with_their_ids_and_a_count(
    notify: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, though what was sent again passes again."""
    monkeypatch.setattr(redelivery, "MOST_AT_ONCE", 2)
    subscription = await notify.webhook(receiver.url())
    receiver.always(410)
    began = notify.clock()
    async with notify.working():
        await notify.computed(a_match())
        [gone] = await notify.settled(1)
        receiver.always(204)
        await notify.post(f"/v1/subscriptions/{subscription['id']}/resume")
        await notify.computed(a_match(), a_match())
        await notify.settled(3)
        assert await _redelivered(notify, since=began) == 1
        await eventually(lambda: _are(notify, ["sent"] * 3))
        assert await _redelivered(notify, since=began) == 0
        assert await _redelivered(notify, since=began, state="sent", subscription_id=str(uuid4())) == 0
        assert await _redelivered(notify, since=began, state="sent", news_type="catalog.demand.amended") == 0
        assert await _redelivered(notify, since=began, state="sent", by_port=True) == 0
        assert await _redelivered(notify, since=began, state="sent", news_type="match") == 3
        await eventually(lambda: len(receiver.received()) == 7)
    ids = [request.headers["webhook-id"] for request in receiver.received()]
    assert (ids[0], len(set(ids))) == (gone["id"], 3)


async def _redelivered(notify: World, *, since: datetime, by_port: bool = False, **wanted: Any) -> int:
    """As many as there are, each time once what the request before sent again has been."""
    by, count, query = PORT if by_port else FIRM, 0, ""
    while True:
        reply = await notify.post(f"/v1/deliveries/redeliver{query}", {"since": since.isoformat(), **wanted}, by)
        assert reply.status_code == 202, reply.text
        count += int(reply.json()["count"])
        if reply.json()["cursor"] is None:
            return count
        query = f"?cursor={reply.json()['cursor']}"
        await eventually(lambda: _are(notify, ["sent"] * 3))


async def test_attempts_are_found_by_what_came_of_them(notify: World, receiver: Receiver) -> None:
    subscription = await notify.webhook(receiver.url())
    receiver.next(Answer(503, body=b"the queue is full " + b"x" * 2000))
    began = notify.clock()
    async with notify.working():
        await notify.computed(a_match())
        await eventually(lambda: _has_failed(notify))
        notify.clock.let_pass(seconds=6)
        await notify.settled(1)

    async def found(**query: str) -> list[Any]:
        items: list[Any] = (await notify.get("/v1/attempts?" + "&".join(f"{k}={v}" for k, v in query.items())))["items"]
        return items

    refused = await found(subscription_id=subscription["id"], status="503", answer="QUEUE")
    assert [each["outcome"] for each in refused] == ["refused"]
    assert len(refused[0]["answer"]) == 1024
    assert UUID(refused[0]["delivery_id"])
    [_, challenged] = [each["outcome"] for each in await found(outcome="sent")]
    assert challenged == "sent"
    assert len(await found()) == 3
    assert await found(since=_z(began + timedelta(days=1))) == await found(reason="timed_out") == []
    assert (await notify.get("/v1/attempts", PORT))["items"] == []


def _z(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_attempts_older_than_they_are_kept_are_forgotten(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    async with notify.working():
        await notify.computed(a_match())
        [delivery] = await notify.settled(1)
    notify.clock.let_pass(days=91)
    async with notify.working():
        await eventually(lambda: _has_no_attempts(notify, delivery["id"]))
    assert (await notify.delivery(delivery["id"]))["state"] == "sent"


async def test_what_has_gathered_for_long_is_forgotten_in_bounded_transactions(
    notify: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "MOST_AT_ONCE", 2)
    await notify.webhook("http://127.0.0.1:9/")
    await notify.execute(
        "INSERT INTO attempts (id, delivery_id, outcome, took_ms, at) "
        "SELECT gen_random_uuid(), id, 'sent', 1, now() - interval '91 days' FROM deliveries, generate_series(1, 5)"
    )
    await notify.execute(
        "CREATE TABLE batches (rows int, xid xid8);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO batches SELECT count(*), pg_current_xact_id() FROM gone; RETURN NULL; END $$;"
        "CREATE TRIGGER note AFTER DELETE ON attempts REFERENCING OLD TABLE AS gone "
        "FOR EACH STATEMENT EXECUTE FUNCTION note()"
    )
    async with notify.working():
        await eventually(lambda: notify.one("SELECT count(*) = 3 FROM batches"))
    assert await notify.one("SELECT array_agg(rows ORDER BY rows DESC) FROM batches") == [2, 2, 1]
    assert await notify.one("SELECT count(DISTINCT xid) FROM batches") == 3


async def _has_no_attempts(notify: World, delivery_id: str) -> bool:
    return not (await notify.delivery(delivery_id))["attempts"]


async def test_one_organisation_has_no_more_in_hand_than_it_may_on_all_hosts_together(
    notify: World, receiver: Receiver
) -> None:
    with Receiver() as other, Receiver() as quick:
        receiver.always(Answer(hangs=True))
        other.always(Answer(hangs=True))
        await notify.webhook(receiver.url("/one"), PORT)
        await notify.webhook(other.url("/two").replace("127.0.0.1", "localhost"), PORT)
        await notify.webhook(quick.url(), FIRM)
        async with notify.working(webhook_timeout_s=20.0, webhook_organisation_limit=3):
            await notify.computed(*(a_match() for _ in range(4)))
            await eventually(lambda: len(quick.received()) == 4)
            await eventually(lambda: len(receiver.received("/one")) + len(other.received("/two")) == 3)
            # What is told after the others were: the sender has looked for more by then.
            await notify.computed(a_match())
            await eventually(lambda: len(quick.received()) == 5)
            assert len(receiver.received("/one")) + len(other.received("/two")) == 3
            receiver.closing.set()
            other.closing.set()


async def test_a_webhook_gets_no_more_in_a_minute_than_is_set(notify: World, receiver: Receiver) -> None:
    await notify.webhook(receiver.url())
    notify.clock.stand_still()
    async with notify.working(webhook_per_minute=24):
        await eventually(notify.is_verified)
        notify.clock.let_pass(minutes=1)
        await notify.computed(*(a_match() for _ in range(4)))
        await eventually(lambda: _are(notify, ["pending", "pending", "sent", "sent"]))
        notify.clock.let_pass(seconds=2.61)
        await eventually(lambda: _are(notify, ["pending", "sent", "sent", "sent"]))
