"""Demands are published while each process dies at one boundary after the other; what came of it is written down."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import storm, texts
from tests.chaos.persistence import Persistent
from tests.chaos.storm import Aftermath, Publishing, Subscriber
from tests.support.dying.boundaries import Boundary, of
from tests.support.dying.deaths import Executioner, in_turns
from tests.support.parties import Json, Party, Town, town
from tests.support.receiver import Receiver
from tests.support.stack import LiveStack

BUSY: Mapping[str, tuple[str, ...]] = {
    "catalog-serve": ("request",),
    "catalog-work": ("relay", "sealing"),
    "matcher-serve": ("request",),
    "matcher-work": ("relay", "demands", "rank-demands", "rank-profiles"),
    "notify-serve": ("request",),
    "notify-work": ("relay", "matches", "sender"),
}
"""Loops that publishing demands and saving profiles keeps busy; of notify, others die with nothing but notify there."""
WITHIN_S, SETTLES_WITHIN_S, BETWEEN_WIPES = 40.0, 240.0, 12
AT_A_TIME, EVERY_S = 4, 1.0
"""Demands, and how soon the next ones follow: what comes meanwhile must be dealt with by processes that often start."""
Told = Counter[tuple[str, str, int]]
"""Deliveries of one demand: by subscription, profile and the match's version."""


@dataclass
class Deaths:
    """`wipes` is how often the broker lost its store."""

    aftermath: Aftermath
    asked: Sequence[Boundary]
    died: Counter[str]
    wipes: int

    @property
    def missed(self) -> list[str]:
        """Boundaries that nobody came to."""
        return sorted({str(each) for each in self.asked} - set(self.died))

    @property
    def deliveries_count(self) -> int:
        return sum(len(each.deliveries) for each in self.aftermath.subscribers)

    def different(self) -> dict[str, Told]:
        """Demands of which something else is on record than of the same text when nothing died."""
        told = self._told()
        usual = {number: told[demand_id] for demand_id, number in self.aftermath.calm.items()}
        return {each: told[each] for each, number in self.aftermath.stormy.items() if told[each] != usual[number]}

    def lost_count(self) -> int:
        return sum(
            len(_ids(each, each.on_nats) - set(each.heard())) + len(_ids(each, each.hooked) - set(each.called()))
            for each in self.aftermath.subscribers
        )

    def twice_count(self) -> int:
        """Of deliveries, as a receiver that knows repeats by their id applies them."""
        versions: Counter[tuple[str, str, int]] = Counter()
        for subscriber in self.aftermath.subscribers:
            by_id = {each["id"]: each for each in subscriber.deliveries}
            for delivery_id in (*subscriber.heard(), *subscriber.called()):
                # What is on no record was made up.
                found = by_id.get(delivery_id, {"subscription_id": "", "match_id": "", "match_version": 0})
                versions[found["subscription_id"], found["match_id"], found["match_version"]] += 1
        return sum(count - 1 for count in versions.values())

    def _told(self) -> dict[str, Told]:
        demands: dict[str, Told] = {each: Counter() for each in (*self.aftermath.stormy, *self.aftermath.calm)}
        for subscriber in self.aftermath.subscribers:
            matches = {each["id"]: each for each in subscriber.matches}
            for each in subscriber.deliveries:
                match = matches[each["match_id"]]
                key = (each["subscription_id"], match["profile_id"], each["match_version"])
                demands[match["demand_id"]][key] += 1
        return demands


def _ids(subscriber: Subscriber, subscription: Json) -> set[str]:
    return {each["id"] for each in subscriber.recorded(subscription)}


async def died(stack: LiveStack, receiver: Receiver, folder: Path, seed: int, times: int) -> Deaths:
    """The whole story: quiet set-up, deaths, a calm run of the same texts, and a look once all has settled."""
    chance, transport = random.Random(seed), Persistent(patience_s=storm.PATIENCE_S)
    async with (
        town(stack, transport) as people,
        storm.subscribers(stack.broker, people, receiver, versions="all", topics=["match"]) as found,
    ):
        agency, executioner = people.agency(), Executioner(stack, folder, chance)
        boundaries = [each for process, loops in BUSY.items() for each in of(process) if each.loop in loops]
        asked = in_turns(boundaries, times, chance)
        published, wipes = await _published_while_dying(stack, (people, agency), executioner, asked)
        calm = {(await agency.publish(texts.demand(number)))["id"]: number for number in range(texts.DISTINCT)}
        aftermath = Aftermath(published, calm, [], found, transport.repeated_count)
        await storm.settled(agency, aftermath, SETTLES_WITHIN_S)
        return Deaths(aftermath, asked, executioner.died(), wipes)


async def _published_while_dying(
    stack: LiveStack, people: tuple[Town, Party], executioner: Executioner, asked: Sequence[Boundary]
) -> tuple[dict[str, int], int]:
    """Numbers of texts by demand, and how often the broker lost its store meanwhile."""
    neighbours, agency = people
    publishing, until, wipes = Publishing(agency), asyncio.Event(), 0
    load = asyncio.gather(_publish(publishing, until), _stand_by(neighbours, until))
    try:
        for start in range(0, len(asked), BETWEEN_WIPES):
            await executioner.kill_at(asked[start : start + BETWEEN_WIPES], within_s=WITHIN_S)
            stack.wipe_broker()
            wipes += 1
    finally:
        until.set()
    await load
    return publishing.published, wipes


async def _publish(publishing: Publishing, until: asyncio.Event) -> None:
    number = 0
    while not until.is_set():
        await publishing.run(range(number, number + AT_A_TIME))
        number += AT_A_TIME
        await asyncio.wait([asyncio.create_task(until.wait())], timeout=EVERY_S)


async def _stand_by(people: Town, until: asyncio.Event) -> None:
    """Somebody else saves profiles and subscribes, so that those parts have something to do."""
    other: Party = people.enterprise("旁观公司")
    while not until.is_set():
        await other.save_profile(texts.OTHER_PROFILE)
        await other.subscribe_on_nats()
        await asyncio.wait([asyncio.create_task(until.wait())], timeout=EVERY_S)
