"""Prints the events that organisations are sent on their NATS subjects: the latest ones, then each as it comes."""

import asyncio
import json
import sys
from collections import deque
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError

from common.broker_access import Access
from deploy.embedded.errors import Refused
from deploy.embedded.ports import LOOPBACK, is_answering

STREAM = "NOTIFY"
LOOKED_BACK = 10_000
"""Of the stream's newest events, those among which earlier ones are looked for; a second's work."""
FETCH = 500
FETCH_WITHIN_S = 5.0
CONSUMER_KEPT_S = 10.0
MARKS = {"satisfied": "✓", "not_satisfied": "✗", "insufficient_evidence": "?"}


def listen(port: int, credentials: Path, subject: str, *, last: int, is_raw: bool = False) -> None:
    """Until Ctrl-C or the end of the stack; the `last` ones from before come first, oldest of them first.

    `credentials` are those of notify's operator; a broker that lets everybody in has none.
    `is_raw` prints events as they travel, one JSON object a line.
    """
    if not is_answering(port):
        raise Refused(f"nothing answers on port {port}; start the stack first, or name its port with --nats-port")
    access = Access(credentials if credentials.exists() else None)
    asyncio.run(_listen(f"nats://{LOOPBACK}:{port}", access, subject, last, is_raw))


async def _listen(url: str, access: Access, subject: str, last: int, is_raw: bool) -> None:
    coming: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()

    async def arrived(message: Msg) -> None:
        await coming.put((message.subject, message.data.decode()))

    async def closed() -> None:
        await coming.put(None)

    async def quiet(error: Exception) -> None:
        """Whatever goes wrong with the connection also closes it."""

    try:
        client = await nats.connect(url, allow_reconnect=False, closed_cb=closed, error_cb=quiet, **access.options())
        # Before the earlier ones are read: nothing that comes meanwhile is missed, though some may come twice.
        await client.subscribe(subject, cb=arrived)
        await client.flush()
        earlier = await _earlier(client, subject, last) if last else []
    except (NatsError, OSError, TimeoutError) as error:
        raise Refused(f"{url} does not answer as NATS does ({type(error).__name__})") from error
    sys.stderr.write(f"Listening on {subject} at {url}, after {len(earlier)} from before; Ctrl-C ends it.\n")
    for where, text in earlier:
        _show(where, text, is_raw)
    shown = {text for _, text in earlier}
    while (event := await coming.get()) is not None:
        if event[1] not in shown:
            _show(*event, is_raw)
    sys.stderr.write("The stack has stopped.\n")


async def _earlier(client: Client, subject: str, last: int) -> list[tuple[str, str]]:
    """Subject and text of the `last` events that the stream holds on `subject`, oldest first."""
    js = client.jetstream()
    found: deque[tuple[str, str]] = deque(maxlen=last)
    try:
        newest = (await js.stream_info(STREAM)).state.last_seq
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=max(1, newest - LOOKED_BACK),
            ack_policy=AckPolicy.NONE,
            inactive_threshold=CONSUMER_KEPT_S,
        )
        reader = await js.pull_subscribe(subject, stream=STREAM, config=config)
        left = (await reader.consumer_info()).num_pending or 0
        while left > 0:
            messages = await reader.fetch(min(FETCH, left), timeout=FETCH_WITHIN_S)
            found.extend((message.subject, message.data.decode()) for message in messages)
            left -= len(messages)
        await reader.unsubscribe()
    except APIError:
        # No such stream before the first start has come so far, or a subject that is not of this stream.
        return []
    return list(found)


def _show(subject: str, text: str, is_raw: bool) -> None:
    sys.stdout.write(f"{text if is_raw else in_words(subject, json.loads(text))}\n")
    sys.stdout.flush()


_STEPS = ("demand", "question", "solicitation", "solution", "mandate", "objection", "step")


def in_words(subject: str, event: dict[str, Any]) -> str:
    data = event["data"]
    if event.get("type") == "notify.endpoint.challenged":
        return f"{subject}\n接收地址已验证：{data['url']}"
    if "match" in data:
        return _match_in_words(subject, data["match"])
    is_of_parties = "docking" in data or "interest" in data
    return _news_in_words(subject, data) if is_of_parties else _step_in_words(subject, data)


def _step_in_words(subject: str, data: dict[str, Any]) -> str:
    """How a demand, call for solutions, mandate, objection or the like stands, and what an amendment made different."""
    about: dict[str, Any] = next(data[name] for name in _STEPS if data.get(name))
    titles = (about.get(name) for name in ("title", "text", "broker_name", "subject", "noun"))
    title = next((said for said in titles if said), None) or about["owner"]["code"]
    lines = [subject, f"{data['news']}  {about.get('state') or about['after']}  {title}"]
    lines += [f"    {each['pointer']}: {each['before']} → {each['after']}" for each in data.get("changes", ())]
    lines += [f"    {about['answer']}"] if about.get("answer") else []
    return "\n".join(lines)


def _news_in_words(subject: str, data: dict[str, Any]) -> str:
    """Who did what in an interest or a docking, and what is next until when."""
    about, act = data.get("docking") or data["interest"], data["act"]
    actor = act.get("actor_name") or "时钟"
    behalf = f"（代表 {act['on_behalf_of']['code']}）" if act.get("on_behalf_of") else ""
    head = f"{data['news']}  {about['state']}  {about['demand_title']}（{about['owner_name']}）"
    lines = [subject, head, f"    ↔ {about['profile_headline']}（{about['enterprise_name']}）"]
    lines.append(f"    {actor}{behalf}：{act['action']}{' ' + act['reason'] if act.get('reason') else ''}")
    if following := about.get("next"):
        lines.append(f"    → {following['code']}（{following.get('side') or '双方'}）{following['due_on']}")
    return "\n".join(lines)


def _match_in_words(subject: str, match: dict[str, Any]) -> str:
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
