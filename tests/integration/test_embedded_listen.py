"""`python -m deploy.embedded listen`: watching events go by."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nats

from deploy.embedded.listen import in_words
from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port

REPOSITORY = Path(__file__).parents[2]
SUBJECT = "notify.uscc.91370211MAWJLKDP77.match"
VERDICT = {
    "outcome": "not_satisfied",
    "demand_span": {"text": "识别准确率不低于96%"},
    "reason": "94% 低于 96%",
}
MATCH = {
    "band": "强",
    "fit": 86,
    "demand_title": "闸口箱体残损识别",
    "demand_owner_name": "某港",
    "profile_headline": "五面残损识别",
    "profile_organisation_name": "某公司",
    "summary": "缺 1 项",
    "verdicts": [VERDICT],
}


@contextmanager
def listening(port: int, *words: str) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-m", "deploy.embedded", "--nats-port", str(port), "listen", *words]
    process = subprocess.Popen(argv, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stderr is not None
        process.stderr.readline()
        yield process
        process.kill()


async def store(server: NatsServer, *titles: str) -> None:
    """Events as notify's relay leaves them in its stream, one for each title."""
    client = await nats.connect(server.url)
    stream = client.jetstream()
    await stream.add_stream(name="NOTIFY", subjects=["notify.>"])
    for title in titles:
        event = {"id": title, "data": {"match": {**MATCH, "demand_title": title}}}
        await stream.publish(SUBJECT, json.dumps(event).encode())
    await client.close()


def titles_shown(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [json.loads(process.stdout.readline())["id"] for _ in range(count)]


async def send(server: NatsServer, event: dict[str, Any]) -> None:
    client = await nats.connect(server.url)
    await client.publish(SUBJECT, json.dumps(event).encode())
    await client.close()


async def test_a_person_sees_who_is_told_what_and_why(nats_server: NatsServer) -> None:
    with listening(nats_server.port) as process:
        await send(nats_server, {"data": {"match": MATCH}})
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(4)]
    assert lines == [
        SUBJECT,
        "强 86  闸口箱体残损识别（某港）",
        "↔ 五面残损识别（某公司）：缺 1 项",
        "✗ 识别准确率不低于96%  94% 低于 96%",
    ]


async def test_a_person_sees_where_a_demand_is_limited_to_and_why(nats_server: NatsServer) -> None:
    limit = {"divisions": ["370200", "370102"], "justification": "须在三十分钟内到场处置"}
    with listening(nats_server.port) as process:
        await send(nats_server, {"data": {"match": {**MATCH, "locality": limit}}})
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(4)]
    assert lines[3] == "⌂ 仅限 370200、370102：须在三十分钟内到场处置"


async def test_a_program_gets_the_event_as_it_travels(nats_server: NatsServer) -> None:
    with listening(nats_server.port, SUBJECT, "--raw") as process:
        await send(nats_server, {"data": {"match": MATCH}})
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"data": {"match": MATCH}}


async def test_what_came_before_is_shown_first_the_oldest_of_the_latest_first(nats_server: NatsServer) -> None:
    await store(nats_server, "one", "two", "three")
    with listening(nats_server.port, "--raw", "--last", "2") as process:
        await send(nats_server, {"id": "four"})
        assert titles_shown(process, 3) == ["two", "three", "four"]


async def test_only_what_was_sent_on_the_subject_is_shown(nats_server: NatsServer) -> None:
    await store(nats_server, "one")
    with listening(nats_server.port, "notify.uscc.another.match", "--raw") as process:
        nats_server.stop()
        assert process.communicate(timeout=30)[0] == ""


async def test_nothing_from_before_is_shown_when_nothing_is_asked_for(nats_server: NatsServer) -> None:
    await store(nats_server, "one")
    with listening(nats_server.port, "--raw", "--last", "0") as process:
        await send(nats_server, {"id": "two"})
        assert titles_shown(process, 1) == ["two"]


def test_it_ends_in_one_line_when_the_stack_stops(nats_server: NatsServer) -> None:
    with listening(nats_server.port) as process:
        nats_server.stop()
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == "The stack has stopped.\n"


def test_without_a_stack_it_says_so() -> None:
    port = free_port()
    argv = [sys.executable, "-m", "deploy.embedded", "--nats-port", str(port), "listen"]
    done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"nothing answers on port {port}")


def test_a_challenge_is_shown_as_such() -> None:
    event = {"type": "notify.endpoint.challenged", "data": {"url": "http://127.0.0.1:8120/"}}
    assert "http://127.0.0.1:8120/" in in_words("webhook 1", event)
