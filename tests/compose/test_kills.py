"""Each container is killed once while demands are published: nothing is lost and nothing happens twice."""

from tests.chaos.storm import Publishing
from tests.compose.load import has_published, told, under_load
from tests.support.containers import PARTS, Containers

UP = {"samples": "no"}
BETWEEN = 30
"""Requests that are answered between one accident and the next."""


async def test_every_container_may_be_killed(platform: Containers) -> None:
    async def one_after_the_other(publishing: Publishing) -> None:
        for part in PARTS:
            await has_published(publishing, BETWEEN)
            platform.kill(part)
            platform.start(part)
            await platform.is_healthy_again(part)
        await has_published(publishing, BETWEEN)

    account = await under_load(platform, one_after_the_other)
    print("\n" + told(account))  # noqa: T201  # for whoever reads the run
    assert account.repeats > 0, "no request noticed anything"
    account.check()
