"""The real processes: killed they send again, asked to stop they finish what is out, and they keep secrets."""

import json
from pathlib import Path

import httpx

from deploy.embedded.ports import free_port
from notify.settings import NotifySettings
from tests.integration.notify.matches import a_match
from tests.integration.notify.processes import environment, process
from tests.integration.notify.service_under_test import World
from tests.support.eventually import eventually
from tests.support.receiver import Answer, Receiver


async def test_killed_between_sending_and_settling_it_sends_again_with_the_same_id(
    notify: World, settings: NotifySettings, receiver: Receiver, tmp_path: Path
) -> None:
    await notify.webhook(receiver.url())
    receiver.next(Answer(hangs=True))
    env = environment(settings, NOTIFY_WEBHOOK_TIMEOUT_S="1")
    with process("work", env, tmp_path / "first.log") as first:
        await notify.computed(a_match())
        await eventually(receiver.received, within=20, every=0.005)
        first.kill()
    [delivery] = await notify.deliveries()
    assert (delivery["state"], (await notify.delivery(delivery["id"]))["attempts"]) == ("pending", [])
    # Its lease is over; waiting for that would be most of the test's time.
    await notify.execute("UPDATE deliveries SET leased_until = now() WHERE leased_until IS NOT NULL")
    with process("work", env, tmp_path / "second.log"):
        await notify.settled(1, within=30)
    assert [request.headers["webhook-id"] for request in receiver.received()] == [delivery["id"]] * 2


async def test_asked_to_stop_it_finishes_what_is_out(
    notify: World, settings: NotifySettings, receiver: Receiver, tmp_path: Path
) -> None:
    await notify.webhook(receiver.url())
    receiver.next(Answer(hangs=True))
    env = environment(settings, NOTIFY_WEBHOOK_TIMEOUT_S="1")
    with process("work", env, tmp_path / "work.log") as work:
        await notify.computed(a_match())
        await eventually(receiver.received, within=20)
        work.stop()
    [delivery] = await notify.deliveries()
    assert delivery["reason"] == "timed_out"


async def test_neither_secret_nor_signature_nor_path_of_a_webhook_is_ever_written(
    notify: World, settings: NotifySettings, receiver: Receiver, tmp_path: Path
) -> None:
    port = free_port()
    receiver.next(500, Answer(hangs=True))
    env = environment(settings, NOTIFY_PORT=str(port), NOTIFY_WEBHOOK_TIMEOUT_S="1")
    with process("serve", env, tmp_path / "serve.log") as serve, process("work", env, tmp_path / "work.log") as work:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=notify.token()) as client:
            await eventually(lambda: _is_up(client), within=20)
            body = {"channel": {"type": "webhook", "url": receiver.url("/hook/path-token-4711")}}
            made = (await client.post("/v1/subscriptions", json=body)).json()
            rotated = (await client.post(f"/v1/subscriptions/{made['id']}/rotate-secret")).json()
        await notify.computed(a_match(), a_match(), a_match())
        await eventually(lambda: len(receiver.received()) >= 3, within=20)
        await eventually(lambda: work.written.count("delivery_attempted") >= 3)
        written = serve.written + work.written
    signatures = [request.headers["webhook-signature"] for request in receiver.received()]
    private = [
        made["secret"],
        rotated["secret"],
        "whsec_",
        "path-token-4711",
        *signatures,
        notify.token()["Authorization"],
    ]
    assert [each for each in private if each in written] == []
    assert "delivery_attempted" in written
    assert all(json.loads(line) for line in written.splitlines())


async def _is_up(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False
