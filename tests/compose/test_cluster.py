"""Three NATS servers: streams are kept on all of them, and any one may be killed while demands are published."""

from nats.js.errors import NotFoundError

from deploy.embedded.plan import SERVICES
from tests.chaos.storm import Publishing
from tests.compose.load import has_published, told, under_load
from tests.support.broker import StackBroker
from tests.support.containers import Containers
from tests.support.eventually import eventually

UP = {"samples": "no", "nats": "cluster"}
BROKERS = ("nats-3", "nats-2", "nats")
BETWEEN = 30


async def test_streams_are_kept_on_three_servers(platform: Containers) -> None:
    async def are_there() -> bool:
        return [await _copies(platform.broker, service) for service in SERVICES] == [3, 3, 3]

    await eventually(are_there, within=60)


async def _copies(broker: StackBroker, service: str) -> int | None:
    client = await broker.as_operator(service)
    try:
        return (await client.jetstream().stream_info(service.upper())).config.num_replicas
    except NotFoundError:
        return None
    finally:
        await client.close()


async def test_any_broker_may_be_killed(platform: Containers) -> None:
    async def one_after_the_other(publishing: Publishing) -> None:
        for broker in BROKERS:
            await has_published(publishing, BETWEEN)
            platform.kill(broker)
            await has_published(publishing, BETWEEN)
            platform.start(broker)
            await platform.is_healthy_again(broker)

    account = await under_load(platform, one_after_the_other)
    print("\n" + told(account))  # noqa: T201  # for whoever reads the run
    account.check()
