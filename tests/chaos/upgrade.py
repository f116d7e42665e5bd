"""One release takes over from another while demands are published all the time; what came of it is written down."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from deploy.embedded.plan import SERVICES
from tests.chaos import storm, texts
from tests.chaos.balancer import Balancer, balancing
from tests.chaos.releases import Release, World
from tests.chaos.storm import Aftermath, Publishing
from tests.support.eventually import eventually
from tests.support.parties import Town, town
from tests.support.receiver import Receiver

Step = Callable[[], Awaitable[object]]
AT_ONCE = 2
"""Demands: six new processes start meanwhile, and what is published must have been matched at the end."""
STEPS_EACH = 40
"""Requests that are answered between one step of the upgrade and the next."""
WITHIN_S = 240.0


@dataclass
class Upgrade:
    """
    aftermath  of the demands that were published meanwhile
    repeats    requests that were sent again, by the reason
    answered   replies by release
    """

    aftermath: Aftermath
    repeats: dict[str, int]
    answered: dict[str, int]


async def upgraded(world: World, old: Release, new: Release, receiver: Receiver) -> Upgrade:
    """`old` serves; the schema changes under it; `new` comes beside it; `old` is drained; all the while it is used."""
    async with (
        balancing(world.serving, SERVICES) as balancer,
        town(world, balancer) as people,
        storm.subscribers(world.broker, people, receiver) as subscribers,
    ):
        agency = people.agency()
        publishing = Publishing(agency)
        ended = asyncio.Event()
        running = asyncio.create_task(_publish_until(ended, publishing))
        steps: tuple[Step, ...] = (new.migrate, new.start, old.drain)
        try:
            for step in steps:
                await _used(people, publishing)
                await step()
            await _used(people, publishing)
        except BaseException:
            running.cancel()
            raise
        ended.set()
        await running
        repeats = dict(balancer.repeats)
        calm = {(await agency.publish(texts.demand(number)))["id"]: number for number in range(texts.DISTINCT)}
        aftermath = Aftermath(publishing.published, calm, [], subscribers, sum(repeats.values()))
        await storm.settled(agency, aftermath, WITHIN_S)
        return Upgrade(aftermath, repeats, _by_release(world, balancer))


async def _used(people: Town, publishing: Publishing) -> None:
    """Have every kind of thing written for a while on the platform as it is now."""
    wanted = publishing.steps_count + STEPS_EACH
    await asyncio.gather(*(_newcomers(people) for _ in range(2)))  # by each of two releases, or twice by the one
    await eventually(partial(publishing.has_come_to, wanted), within=WITHIN_S)


async def _newcomers(people: Town) -> None:
    """An agency and a firm that nobody has heard of begin, and change their minds; what they say fits nobody else."""
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    profile = await firm.save_profile(texts.OTHER_PROFILE)
    again = {**texts.OTHER_PROFILE, "headline": "学校食堂营养配餐小程序"}
    await firm.ask("PUT", "matcher", f"/v1/profiles/{profile['id']}", again, {"If-Match": f'"{profile["version"]}"'})
    demand = await agency.publish(texts.OTHER_DEMAND)
    amended = await agency.amend(demand, {**texts.OTHER_DEMAND, "title": "学校食堂配餐（修订）"}, "改题")
    await agency.step(amended, "close", {"reason": "已完成"})


async def _publish_until(ended: asyncio.Event, publishing: Publishing) -> None:
    number = 0
    while not ended.is_set():
        await publishing.run(range(number, number + AT_ONCE))
        number += AT_ONCE


def _by_release(world: World, balancer: Balancer) -> dict[str, int]:
    ports = {release.name: [release.plan.ports[service] for service in SERVICES] for release in world.releases}
    return {name: sum(balancer.answered[port] for port in found) for name, found in ports.items()}
