"""Robots of DingTalk, WeCom and Feishu, at servers that behave as documented: what each refusal leads to."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from notify.settings import NotifySettings
from tests.integration.notify.matches import a_match
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.receiver import Answer
from tests.support.robots import VENDORS, RobotServer

TOKEN, SECRET = "4f6e3f5f-0f6f-4001-8c41-000000004711", "SEC-0123456789abcdef"
SIGNED = ["dingtalk", "feishu"]


@pytest.fixture
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def robot(vendor: str) -> Iterator[RobotServer]:
    with VENDORS[vendor](TOKEN, SECRET if vendor in SIGNED else None) as running:
        yield running


@pytest.fixture
def settings(keyed: NotifySettings, vendor: str, robot: RobotServer) -> NotifySettings:
    return keyed.model_copy(update={f"{vendor}_url": robot.base})


ANY = pytest.mark.parametrize("vendor", sorted(VENDORS), indirect=True)
SIGNING = pytest.mark.parametrize("vendor", SIGNED, indirect=True)


async def _subscribed(notify: World, vendor: str, robot: RobotServer, **channel: object) -> Any:
    given = {"type": vendor, "url": robot.address, **({"secret": robot.secret} if robot.secret else {}), **channel}
    reply = await notify.post("/v1/subscriptions", {"channel": given})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def _delivery(notify: World) -> Any:
    """The only one, with its attempts, once there was one."""

    async def tried() -> Any:
        found = await notify.deliveries()
        shown = await notify.delivery(found[0]["id"]) if found else {"attempts": []}
        return shown if shown["attempts"] else None

    found = await eventually(tried)
    # Once more: the attempts were read after the delivery.
    return await notify.delivery(found["id"])


@ANY
async def test_a_robot_takes_a_signed_message_in_words(notify: World, vendor: str, robot: RobotServer) -> None:
    await _subscribed(notify, vendor, robot)
    async with notify.working():
        await notify.computed(a_match(demand_title="岸桥<at user_id='all'>远程[操控](https://elsewhere.example)"))
        [delivery] = await notify.settled(1)
    assert delivery["state"] == "sent"
    [message] = robot.messages
    said = json.dumps(message, ensure_ascii=False)
    assert "新的撮合：岸桥" in said
    assert "示例港口集团" in said
    if vendor != "feishu":  # whose texts are elements, in which nothing is markup
        assert "<at" not in said
        assert "](https://elsewhere" not in said


@ANY
async def test_neither_token_nor_secret_is_shown_or_stored_readably(
    notify: World, vendor: str, robot: RobotServer
) -> None:
    made = await _subscribed(notify, vendor, robot)
    shown = await notify.get(f"/v1/subscriptions/{made['id']}")
    assert shown["channel"]["url"].endswith("…4711")
    connection = await asyncpg.connect(notify.settings.database_url.replace("+asyncpg", ""))
    rows = await connection.fetch("SELECT s::text FROM subscriptions s UNION ALL SELECT i::text FROM idempotency i")
    await connection.close()
    for text in (json.dumps([made, shown]), *(row[0] for row in rows)):
        assert TOKEN not in text
        assert SECRET not in text


@SIGNING
async def test_a_wrong_secret_pauses_the_subscription_and_loses_nothing(
    notify: World, vendor: str, robot: RobotServer
) -> None:
    made = await _subscribed(notify, vendor, robot, secret="SEC-wrong")
    where = f"/v1/subscriptions/{made['id']}"
    reason = {"dingtalk": "security_settings", "feishu": "signature_wrong"}[vendor]
    async with notify.working():
        await notify.computed(a_match())
        delivery = await _delivery(notify)
        assert (delivery["state"], delivery["reason"]) == ("held", reason)
        [attempt] = delivery["attempts"]
        assert (attempt["outcome"], attempt["status"], "sign" in attempt["answer"]) == ("blocked", 200, True)
        paused = await notify.client.get(where, headers=notify.token())
        assert (paused.json()["state"], paused.json()["state_reason"]) == ("paused", reason)
        change = {"channel": {"type": vendor, "url": robot.address, "secret": SECRET}}
        headers = {**notify.token(), "If-Match": paused.headers["etag"]}
        assert (await notify.client.patch(where, json=change, headers=headers)).status_code == 200
        await notify.post(f"{where}/resume")
        [sent] = await notify.settled(1)
    assert (sent["id"], sent["state"], len(robot.messages)) == (delivery["id"], "sent", 1)


@SIGNING
async def test_subscribing_again_corrects_the_secret(notify: World, vendor: str, robot: RobotServer) -> None:
    made = await _subscribed(notify, vendor, robot, secret="SEC-wrong")
    channel = {"type": vendor, "url": robot.address, "secret": SECRET, "language": "en"}
    replies = [await notify.post("/v1/subscriptions", {"channel": channel}) for _ in range(2)]
    assert [(reply.status_code, reply.json()["id"]) for reply in replies] == [(200, made["id"])] * 2
    shown = await notify.get(f"/v1/subscriptions/{made['id']}")
    assert (shown["version"], shown["channel"]["language"]) == (made["version"] + 1, "en")
    async with notify.working():
        await notify.computed(a_match())
        [delivery] = await notify.settled(1)
    assert (delivery["state"], len(robot.messages)) == ("sent", 1)


@ANY
async def test_a_robot_that_is_gone_disables_the_subscription(notify: World, vendor: str, robot: RobotServer) -> None:
    made = await _subscribed(notify, vendor, robot)
    robot.token = "another-robot"
    async with notify.working():
        await notify.computed(a_match())
        [delivery] = await notify.settled(1)
    shown = await notify.get(f"/v1/subscriptions/{made['id']}")
    assert (delivery["state"], delivery["reason"]) == ("abandoned", "robot_gone")
    assert (shown["state"], shown["state_reason"]) == ("disabled", "robot_gone")


FREQUENT = {"dingtalk": (130101, "errcode"), "wecom": (45009, "errcode"), "feishu": (11232, "code")}


@ANY
async def test_a_robot_that_was_written_to_too_often_is_left_alone_for_ten_minutes(
    notify: World, vendor: str, robot: RobotServer
) -> None:
    await _subscribed(notify, vendor, robot)
    code, name = FREQUENT[vendor]
    robot.next(Answer(200, body=json.dumps({name: code}).encode()))
    async with notify.working():
        await notify.computed(a_match())
        delivery = await _delivery(notify)
        assert (delivery["state"], delivery["reason"]) == ("pending", "rate_limited")
        wait = datetime.fromisoformat(delivery["due_at"]) - datetime.fromisoformat(delivery["attempts"][0]["at"])
        assert wait >= timedelta(minutes=10)
        notify.clock.let_pass(minutes=11)
        [sent] = await notify.settled(1)
    assert sent["state"] == "sent"


REFUSALS = {
    "redirect": (Answer(302, {"Location": "http://127.0.0.1:9/"}), "http_302"),
    "no code in it": (Answer(200, body=b"<html>maintenance</html>"), "answer_unreadable"),
    "an error of the server": (Answer(502), "http_502"),
    "an unknown code": (Answer(200, body=b'{"errcode": 987654, "code": 987654}'), "code_987654"),
}


@pytest.mark.parametrize("vendor", ["wecom"], indirect=True)
@pytest.mark.parametrize("case", sorted(REFUSALS))
async def test_what_says_nothing_of_the_robot_is_tried_again(
    notify: World, vendor: str, robot: RobotServer, case: str
) -> None:
    await _subscribed(notify, vendor, robot)
    answer, reason = REFUSALS[case]
    robot.next(answer)
    async with notify.working():
        await notify.computed(a_match())
        delivery = await _delivery(notify)
        assert (delivery["state"], delivery["reason"]) == ("pending", reason)
        notify.clock.let_pass(minutes=1)
        await notify.settled(1)
    assert len(robot.messages) == 1


@pytest.mark.parametrize("vendor", ["wecom"], indirect=True)
async def test_a_robot_that_does_not_answer_is_tried_again(notify: World, vendor: str, robot: RobotServer) -> None:
    await _subscribed(notify, vendor, robot)
    robot.next(Answer(hangs=True, status=200))
    async with notify.working(webhook_timeout_s=0.3):
        await notify.computed(a_match())
        assert (await _delivery(notify))["reason"] == "timed_out"


@pytest.mark.parametrize("vendor", ["dingtalk"], indirect=True)
async def test_no_private_address_is_written_to(notify: World, vendor: str, robot: RobotServer) -> None:
    await _subscribed(notify, vendor, robot)
    async with notify.working(allow_loopback=False):
        await notify.computed(a_match())
        assert (await _delivery(notify))["reason"] == "address_refused"
    assert robot.received() == []


@pytest.mark.parametrize("vendor", ["wecom"], indirect=True)
async def test_a_robot_gets_twenty_messages_a_minute_at_most(notify: World, vendor: str, robot: RobotServer) -> None:
    await _subscribed(notify, vendor, robot)
    notify.clock.stand_still()
    async with notify.working():
        await notify.computed(*(a_match() for _ in range(7)))
        await eventually(lambda: len(robot.messages) == 5)
        await eventually(lambda: _states(notify, sent=5, pending=2))
        notify.clock.let_pass(seconds=3.9)
        await eventually(lambda: _states(notify, sent=5, pending=2))
        notify.clock.let_pass(seconds=4.2)
        told = await notify.settled(7)
        tried = [(await notify.delivery(each["id"]))["attempts"] for each in told]
    assert len(robot.messages) == 7
    moments = Counter(attempt["at"] for attempts in tried for attempt in attempts)
    assert [moments[at] for at in sorted(moments)] == [5, 2]


async def _states(notify: World, **counts: int) -> bool:
    states = [each["state"] for each in await notify.deliveries()]
    return {state: states.count(state) for state in set(states)} == counts


FAULTS = [
    ({"type": "wecom"}, "#/channel/url"),
    ({"type": "wecom", "url": "https://elsewhere.example/cgi-bin/webhook/send?key=12345678"}, "#/channel/url"),
    ({"type": "wecom", "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"}, "#/channel/url"),
    ({"type": "wecom", "url": "https://qyapi.weixin.qq.com/", "secret": "x"}, "#/channel/secret"),
    ({"type": "feishu", "url": "https://open.feishu.cn/open-apis/bot/v2/hook/../x"}, "#/channel/url"),
]


@pytest.mark.parametrize("vendor", ["dingtalk"], indirect=True)
@pytest.mark.parametrize(("channel", "pointer"), FAULTS)
async def test_what_is_wrong_with_an_address_is_named(notify: World, channel: object, pointer: str) -> None:
    reply = await notify.post("/v1/subscriptions", {"channel": channel})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)
