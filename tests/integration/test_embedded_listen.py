"""`python -m deploy.embedded listen`: watching events go by."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nats

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


def test_without_a_stack_it_says_so() -> None:
    port = free_port()
    argv = [sys.executable, "-m", "deploy.embedded", "--nats-port", str(port), "listen"]
    done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"nothing answers on port {port}")
