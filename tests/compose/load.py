"""Demands are published without a pause while something happens; afterwards nothing may be lost or doubled."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from tests.chaos import texts
from tests.chaos.persistence import Persistent
from tests.chaos.storm import AT_ONCE, FIRMS, Publishing
from tests.support.containers import Containers
from tests.support.eventually import eventually
from tests.support.follower import Follower, following
from tests.support.parties import Json, Party, Town, town

PATIENCE_S = 120.0
SETTLES_WITHIN_S = 240.0
Happening = Callable[[Publishing], Awaitable[None]]


@dataclass
class Firm:
    party: Party
    follower: Follower
    matches: list[Json] = field(default_factory=list)
    deliveries: list[Json] = field(default_factory=list)


@dataclass
class Account:
    """
    stormy   number of the text, by the id of each demand published meanwhile
    calm     the same for one demand of each text, published when all was quiet
    owned    the agency's demands as catalog lists them
    repeats  requests that had to be sent again
    """

    stormy: dict[str, int]
    calm: dict[str, int]
    firms: list[Firm]
    repeats: int
    owned: list[Json] = field(default_factory=list)

    def matched(self) -> dict[str, Counter[str]]:
        """Profiles by demand, each with how often."""
        found: dict[str, Counter[str]] = {demand_id: Counter() for demand_id in (*self.stormy, *self.calm)}
        for firm in self.firms:
            for match in firm.matches:
                found.get(match["demand_id"], Counter())[match["profile_id"]] += 1
        return found

    def unlike(self) -> dict[str, tuple[Counter[str], Counter[str]]]:
        """Demands whose matches differ from those of the same text in the calm."""
        found = self.matched()
        by_text = {number: found[demand_id] for demand_id, number in self.calm.items()}
        pairs = {demand_id: (found[demand_id], by_text[number]) for demand_id, number in self.stormy.items()}
        return {demand_id: pair for demand_id, pair in pairs.items() if pair[0] != pair[1]}

    def unheard(self) -> list[str]:
        """Deliveries on record that did not reach the subject."""
        return [each["id"] for firm in self.firms for each in firm.deliveries if each["id"] not in firm.follower.events]

    def unmade(self) -> list[str]:
        """Matches without a delivery."""
        return [
            match["id"]
            for firm in self.firms
            for match in firm.matches
            if match["id"] not in {each["match_id"] for each in firm.deliveries}
        ]

    def doubled(self) -> list[tuple[str, int]]:
        """Versions of matches that were delivered more than once."""
        versions = Counter((each["match_id"], each["match_version"]) for firm in self.firms for each in firm.deliveries)
        return [version for version, count in versions.items() if count > 1]

    def is_settled(self) -> bool:
        return not (self.unlike() or self.unheard() or self.unmade())

    def check(self) -> None:
        owned = Counter((demand["id"], demand["state"]) for demand in self.owned)
        assert owned == Counter((demand_id, "published") for demand_id in (*self.stormy, *self.calm))
        assert all(self.matched()[demand_id] for demand_id in self.calm), "the texts no longer fit their profiles"
        assert self.unlike() == {}
        assert self.unmade() == []
        assert self.unheard() == []
        assert self.doubled() == []


async def under_load(platform: Containers, happening: Happening) -> Account:
    """Publishes until `happening` is over, then waits until all has settled."""
    transport = Persistent(patience_s=PATIENCE_S)
    async with town(cast(Any, platform), transport) as people, _firms(platform, people) as firms:
        agency = people.agency()
        publishing, ended = Publishing(agency), asyncio.Event()
        running = asyncio.create_task(_publish_until(ended, publishing))
        try:
            await happening(publishing)
        finally:
            ended.set()
            await running
        repeats = transport.repeated_count
        calm = {(await agency.publish(texts.demand(number)))["id"]: number for number in range(texts.DISTINCT)}
        account = Account(publishing.published, calm, firms, repeats)
        await _settled(agency, account)
        return account


async def has_published(publishing: Publishing, more: int) -> None:
    """Wait until `more` requests have been answered."""
    wanted = publishing.steps_count + more
    await eventually(lambda: publishing.has_come_to(wanted), within=PATIENCE_S, what=f"{more} more answers")


@asynccontextmanager
async def _firms(platform: Containers, people: Town) -> AsyncIterator[list[Firm]]:
    async with AsyncExitStack() as open_until_the_end:
        found = []
        for number in range(FIRMS):
            party = people.enterprise(f"示例公司{number}")
            follower = await open_until_the_end.enter_async_context(following(platform.broker, party.subject))
            await party.subscribe_on_nats()
            for trade in range(number, len(texts.TRADES), FIRMS):
                await party.save_profile(texts.profile(trade))
            found.append(Firm(party, follower))
        yield found


async def _publish_until(ended: asyncio.Event, publishing: Publishing) -> None:
    number = 0
    while not ended.is_set():
        await publishing.run(range(number, number + AT_ONCE))
        number += AT_ONCE


async def _settled(agency: Party, account: Account) -> None:
    """Look again and again until nothing is missing, or until there was time enough; `check` says what is."""
    ours = {*account.stormy, *account.calm}

    async def look() -> bool:
        for firm in account.firms:
            firm.matches = [match for match in await firm.party.matches() if match["demand_id"] in ours]
            wanted = {match["id"] for match in firm.matches}
            firm.deliveries = [each for each in await firm.party.deliveries() if each["match_id"] in wanted]
        return account.is_settled()

    try:
        await eventually(look, within=SETTLES_WITHIN_S, every=2.0)
    except AssertionError:
        return
    finally:
        account.owned = await agency.listed("catalog", "/v1/demands", mine="true")


def told(account: Account) -> str:
    """A line for the report of a run."""
    return json.dumps({"published": len(account.stormy), "repeated": account.repeats, "lost": len(account.unlike())})
