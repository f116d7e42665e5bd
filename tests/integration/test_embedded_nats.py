"""NATS from the wheel, as a child."""

import nats
import pytest
from nats.js.errors import NotFoundError

from deploy.embedded.nats import NatsServer


async def store_one(server: NatsServer) -> None:
    client = await nats.connect(server.url)
    stream = client.jetstream()
    await stream.add_stream(name="CATALOG", subjects=["catalog.>"])
    await stream.publish("catalog.demand.published", b"{}")
    await client.close()


async def stored_count(server: NatsServer) -> int:
    client = await nats.connect(server.url)
    try:
        return (await client.jetstream().stream_info("CATALOG")).state.messages
    finally:
        await client.close()


async def test_messages_outlive_a_stop_and_a_crash(nats_server: NatsServer) -> None:
    await store_one(nats_server)
    nats_server.stop()
    nats_server.start()
    nats_server.kill()
    nats_server.start()
    assert await stored_count(nats_server) == 1


async def test_a_wiped_store_holds_nothing(nats_server: NatsServer) -> None:
    await store_one(nats_server)
    nats_server.stop()
    nats_server.wipe_store()
    nats_server.start()
    with pytest.raises(NotFoundError):
        await stored_count(nats_server)


def test_the_store_of_a_running_server_is_not_wiped(nats_server: NatsServer) -> None:
    with pytest.raises(RuntimeError, match="stop the server"):
        nats_server.wipe_store()
