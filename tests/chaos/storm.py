"""Many demands are published while every part is killed in turn; what came of it is written down."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx

from tests.chaos import texts
from tests.chaos.persistence import Persistent
from tests.support.broker import StackBroker
from tests.support.eventually import eventually
from tests.support.follower import Follower, following
from tests.support.parties import Json, Party, Town, town
from tests.support.receiver import Receiver
from tests.support.stack import LiveStack

DEMANDS = 120
FIRMS = 5
AT_ONCE = 8
STEPS = 3  # draft, submit, publish
PATIENCE_S = 60.0
SETTLES_WITHIN_S = 100.0

ENV = {
    "NOTIFY_ALLOW_LOOPBACK": "true",
    # What a crash leaves in hand is taken up again when its lease ends; short ones keep the test short.
    "NOTIFY_WEBHOOK_TIMEOUT_S": "2",
    "NOTIFY_LEASE_S": "7",
    "MATCHER_LEASE_S": "5",
}


@dataclass
class Subscriber:
    """One firm, what its two subscriptions brought, and what notify's record says of them."""

    party: Party
    profiles: list[Json]
    on_nats: Json
    hooked: Json
    follower: Follower
    receiver: Receiver
    matches: list[Json] = field(default_factory=list)
    deliveries: list[Json] = field(default_factory=list)

    async def look(self) -> None:
        self.matches, self.deliveries = await self.party.matches(), await self.party.deliveries()

    def recorded(self, subscription: Json) -> list[Json]:
        return [each for each in self.deliveries if each["subscription_id"] == subscription["id"]]

    def heard(self) -> dict[str, Json]:
        return self.follower.events

    def called(self) -> dict[str, Json]:
        """The events the webhook brought, by id."""
        path = f"/{self.party.code}"
        bodies = [json.loads(request.body) for request in self.receiver.received(path)]
        return {event["id"]: event for event in bodies}


@dataclass
class Aftermath:
    """
    stormy        number of the text, by the id of each demand answered as published in the storm
    calm          the same for one demand of each text, published when all was quiet
    owned         the agency's demands as catalog lists them
    repeats       requests that had to be sent again
    unpromised    demands that may be gone, whose matches tell nothing
    """

    stormy: dict[str, int]
    calm: dict[str, int]
    owned: list[Json]
    subscribers: list[Subscriber]
    repeats: int
    unpromised: frozenset[str] = frozenset()

    def profiles_matched(self) -> dict[str, set[str]]:
        """By demand."""
        found: dict[str, set[str]] = {demand_id: set() for demand_id in (*self.stormy, *self.calm)}
        for subscriber in self.subscribers:
            for match in subscriber.matches:
                if match["demand_id"] in self.unpromised:
                    continue
                found[match["demand_id"]].add(match["profile_id"])
        return found

    def expected(self) -> dict[str, set[str]]:
        """The profiles each demand of the storm would match when nothing goes wrong."""
        found = self.profiles_matched()
        by_text = {number: found[demand_id] for demand_id, number in self.calm.items()}
        return {demand_id: by_text[number] for demand_id, number in self.stormy.items()}

    def is_complete(self) -> bool:
        found = self.profiles_matched()
        return (
            all(found[demand_id] == wanted != set() for demand_id, wanted in self.expected().items()) and self.is_told()
        )

    def is_told(self) -> bool:
        """Whether every delivery that notify recorded has been sent, and has arrived."""
        return all(
            set(subscriber.heard()) >= {each["id"] for each in subscriber.recorded(subscriber.on_nats)}
            and set(subscriber.called()) >= {each["id"] for each in subscriber.recorded(subscriber.hooked)}
            and all(each["state"] == "sent" for each in subscriber.deliveries)
            for subscriber in self.subscribers
        )


async def weathered(stack: LiveStack, receiver: Receiver, seed: int) -> Aftermath:
    """The whole story: quiet set-up, storm, a calm run of the same texts, and a look once all has settled."""
    transport = Persistent(patience_s=PATIENCE_S)
    async with town(stack, transport) as people, subscribers(stack.broker, people, receiver, versions="all") as found:
        agency = people.agency()
        stormy = await _storm(stack, agency, random.Random(seed))
        repeats = transport.repeated_count
        calm = {(await agency.publish(texts.demand(number)))["id"]: number for number in range(texts.DISTINCT)}
        aftermath = Aftermath(stormy, calm, [], found, repeats)
        await settled(agency, aftermath)
        return aftermath


@asynccontextmanager
async def subscribers(
    broker: StackBroker, people: Town, receiver: Receiver, **filters: object
) -> AsyncIterator[list[Subscriber]]:
    async with AsyncExitStack() as open_until_the_end:
        found = []
        for number in range(FIRMS):
            firm = people.enterprise(f"示例公司{number}")
            follower = await open_until_the_end.enter_async_context(following(broker, firm.subject))
            hook = receiver.url(f"/{firm.code}")
            subscriptions = await firm.subscribe_on_nats(**filters), await firm.subscribe_webhook(hook, **filters)
            trades = range(number, len(texts.TRADES), FIRMS)
            profiles = [await firm.save_profile(texts.profile(trade)) for trade in trades]
            found.append(Subscriber(firm, profiles, *subscriptions, follower, receiver))
        yield found


class Publishing:
    """Publishes numbered demands, a few at once; `steps_count` is how many requests were answered."""

    def __init__(self, agency: Party) -> None:
        self.published: dict[str, int] = {}
        self.steps_count = 0
        self._agency = agency
        self._places = asyncio.Semaphore(AT_ONCE)

    def has_come_to(self, steps_count: int) -> bool:
        return self.steps_count >= steps_count

    async def run(self, numbers: Sequence[int]) -> None:
        await asyncio.gather(*map(self._publish, numbers))

    async def _publish(self, number: int) -> None:
        async with self._places:
            demand = await self._agency.draft(texts.demand(number))
            self.steps_count += 1
            for step in ("submit", "publish"):
                demand = await self._agency.step(demand, step)
                self.steps_count += 1
            self.published[demand["id"]] = number % texts.DISTINCT


async def _storm(stack: LiveStack, agency: Party, chance: random.Random) -> dict[str, int]:
    """A part is hurt at a random moment of each batch, and mended while publishing goes on."""
    publishing = Publishing(agency)
    hurts = _hurts(stack, chance)
    batches = [range(DEMANDS)[start :: len(hurts)] for start in range(len(hurts))]
    for hurt, batch in zip(hurts, batches, strict=True):
        began_at = publishing.steps_count
        moment = began_at + chance.randrange(STEPS * len(batch))
        running = asyncio.create_task(publishing.run(batch))
        await eventually(partial(publishing.has_come_to, moment), within=PATIENCE_S, every=0.001)
        await hurt()
        await running
    return publishing.published


Hurt = Callable[[], Awaitable[None]]


def _hurts(stack: LiveStack, chance: random.Random) -> list[Hurt]:
    """Two processes at a time and the broker, in random order, the broker's disk in the middle; at last all at once."""

    def killed(*processes: str) -> Hurt:
        async def hurt() -> None:
            for process in processes:
                stack.kill(process)
            for process in processes:
                stack.start(process, is_awaited=False)
            for process in processes:
                await eventually(partial(_is_ready, stack, process), within=PATIENCE_S)

        return hurt

    async def broker() -> None:
        stack.kill_broker()
        stack.start_broker()

    async def disk() -> None:
        stack.wipe_broker()

    processes = chance.sample(stack.processes, len(stack.processes))
    hurts = [*(killed(*processes[at : at + 2]) for at in range(0, len(processes), 2)), broker]
    chance.shuffle(hurts)
    hurts.insert(len(hurts) // 2, disk)
    return [*hurts, killed(*stack.processes)]


async def _is_ready(stack: LiveStack, process: str) -> bool:
    async with httpx.AsyncClient(timeout=5) as client:
        try:
            return (await client.get(stack.health_url(process))).status_code == 200
        except httpx.TransportError:
            return False


async def settled(agency: Party, aftermath: Aftermath, within_s: float = SETTLES_WITHIN_S) -> None:
    """Look again and again until nothing is missing, or until there was time enough."""

    async def look() -> bool:
        for subscriber in aftermath.subscribers:
            await subscriber.look()
        return aftermath.is_complete()

    try:
        await eventually(look, within=within_s, every=1.0)
    except AssertionError:
        return  # the tests say what is missing
    finally:
        aftermath.owned = await agency.listed("catalog", "/v1/demands", mine="true")
