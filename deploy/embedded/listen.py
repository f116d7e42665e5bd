"""Prints the events that organisations are sent on their NATS subjects, as they come."""

import asyncio
import json
import sys
from typing import Any

import nats
from nats.aio.msg import Msg

from deploy.embedded.errors import Refused
from deploy.embedded.ports import LOOPBACK, is_answering

EVERYBODY = "notify.>"
MARKS = {"satisfied": "✓", "not_satisfied": "✗", "insufficient_evidence": "?"}


def listen(port: int, subject: str, *, is_raw: bool = False) -> None:
    """Until Ctrl-C, through restarts of the server. `is_raw` prints events as they travel, one JSON object a line."""
    if not is_answering(port):
        raise Refused(f"nothing answers on port {port}; start the stack first, or name its port with --nats-port")
    asyncio.run(_listen(f"nats://{LOOPBACK}:{port}", subject, is_raw))


async def _listen(url: str, subject: str, is_raw: bool) -> None:
    async def show(message: Msg) -> None:
        text = message.data.decode()
        sys.stdout.write(f"{text if is_raw else in_words(message.subject, json.loads(text))}\n")
        sys.stdout.flush()

    client = await nats.connect(url, max_reconnect_attempts=-1)
    await client.subscribe(subject, cb=show)
    await client.flush()
    sys.stderr.write(f"Listening on {subject} at {url}; Ctrl-C ends it.\n")
    await asyncio.Event().wait()


def in_words(subject: str, event: dict[str, Any]) -> str:
    match = event["data"]["match"]
    head = f"{match['band']} {match['fit']}  {match['demand_title']}（{match['demand_owner_name']}）"
    offer = f"    ↔ {match['profile_headline']}（{match['profile_organisation_name']}）：{match['summary']}"
    reasons = [
        f"    {MARKS[each['outcome']]} {each['demand_span']['text']}  {each['reason']}" for each in match["verdicts"]
    ]
    return "\n".join([subject, head, offer, *_limit(match), *reasons])


def _limit(match: dict[str, Any]) -> list[str]:
    """Why only firms of some places were matched, when they were."""
    locality = match.get("locality")
    return [f"    ⌂ 仅限 {'、'.join(locality['divisions'])}：{locality['justification']}"] if locality else []
