"""Any order of steps, by anybody, of dockings and subscriptions is as their tables say."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from common.fields import OrganisationKey
from common.lifecycle import Lifecycle
from deploy.embedded.tokens import TokenIssuer
from matcher.dockings import rules as dockings
from matcher.dockings.rules import DockingAction, DockingParty
from notify.subscriptions import rules as subscriptions
from notify.subscriptions.rules import SubscriptionAction, SubscriptionParty
from tests.attack.extent import IS_FULL, extent, tell
from tests.attack.test_other_tenants import NOBODYS, STRANGER
from tests.integration.catalog.solicited import code
from tests.integration.matcher import service_under_test as matcher
from tests.integration.matcher.docking_parties import FIRM_CONTACT, Docked, slot
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, FIRM, PORT, House, demand
from tests.integration.notify import service_under_test as notify
from tests.integration.notify.service_under_test import World

Result = TypeVar("Result")
AnyLife = Lifecycle[Any, Any, Any]
HIDDEN = (403, 404)
tried: Counter[str] = Counter()


class Stage:
    """What all lives of a run share, on an event loop of its own."""

    runner: asyncio.Runner
    house: House
    world: World
    count = 0

    @classmethod
    def run(cls, asked: Coroutine[Any, Any, Result]) -> Result:
        return cls.runner.run(asked)


class Lives(RuleBasedStateMachine):
    """One thing, from its beginning on; `state` is what its table says that it is in."""

    life: AnyLife
    state: Any
    not_now: tuple[int, ...] = (404, 409, 422)
    """How a step is refused to whoever is a party."""

    def follow(self, action: Any, parties: Collection[Any], reply: httpx.Response) -> bool:
        """Whether a step was taken, which the table must have.

        parties  what the caller is; a stranger is nothing
        """
        tried[f"answered {reply.status_code}"] += 1
        moves = [one for one in self.life.moves if (one.state, one.action) == (self.state, action)]
        allowed = [one for one in moves if not one.by.isdisjoint(parties)]
        if not reply.is_success:
            assert reply.status_code in (self.not_now if parties else HIDDEN), f"{action} of {self.state}: {reply.text}"
            return False
        assert parties, f"a stranger took {action}"
        assert allowed or self.life.is_done(self.state, action), f"{action} of what is {self.state}: {reply.text}"
        if allowed:
            self.state = allowed[0].to
        return bool(allowed)


class DockingLives(Lives):
    life = dockings.LIFE
    not_now = (403, *Lives.not_now)
    """A time that the other side offered is not theirs to withdraw."""

    def __init__(self) -> None:
        super().__init__()
        self.docked = Stage.run(_docked(Stage.house))
        self.state, self.acts, self.agreed_by, self.slot_id = dockings.OPENED, 1, None, NOBODYS

    @rule(
        action=st.sampled_from([each for each in DockingAction if each is not DockingAction.LAPSE]),
        who=st.sampled_from([FIRM, PORT, STRANGER]),
    )
    def take(self, action: DockingAction, who: Any) -> None:
        parties = set() if who is STRANGER else {DockingParty.SIDE}
        if parties and who != self.agreed_by:
            parties.add(DockingParty.AWAITED)
        reply = Stage.run(self._asked(action, who))
        if self.follow(action, parties, reply):
            self.acts += 1
        if reply.is_success and action is DockingAction.AGREE:
            self.agreed_by = self.agreed_by or who
        if reply.is_success and action is DockingAction.OFFER_SLOTS:
            self.slot_id = reply.json()["slots"][0]["id"]

    async def _asked(self, action: DockingAction, who: Any) -> httpx.Response:
        docked = self.docked
        if action is DockingAction.OFFER_SLOTS:
            body = {"docking_ids": [docked.docking["id"]], "slots": [slot(3 + self.acts)]}
            return await docked.send(who, "/v1/slots", body)
        if action in (DockingAction.TAKE_SLOT, DockingAction.WITHDRAW_SLOT):
            return await docked.act(who, f"slots/{self.slot_id}/{action.partition('_')[0]}")
        bodies = {DockingAction.FAIL: {"reason": "price"}, DockingAction.CANCEL_MEETING: {}}
        return await docked.act(who, action.replace("_", "-"), bodies.get(action, {"contact": FIRM_CONTACT}))

    @invariant()
    def both_sides_read_the_state_it_is_in_and_nobody_else_does(self) -> None:
        for who in (FIRM, PORT):
            assert Stage.run(self.docked.read(who))["state"] == self.state
        assert Stage.run(self.docked.send(STRANGER, self.docked.path, method="GET")).status_code == 404


async def _docked(house: House) -> Docked:
    """A docking on a match of a new demand."""
    heard = await house.hear(demand())
    await house.work()
    [match] = await house.matches(FIRM, demand_id=str(heard.id))
    docked = Docked(house, match)
    await docked.open()
    return docked


class SubscriptionLives(Lives):
    life = subscriptions.LIFE

    def __init__(self) -> None:
        super().__init__()
        Stage.count += 1
        self.owner = OrganisationKey(scheme="uscc", code=code(200 + Stage.count))
        self.path = f"/v1/subscriptions/{Stage.run(Stage.world.subject(by=self.owner))['id']}"
        self.state = subscriptions.SubscriptionState.ACTIVE
        self.is_gone = False

    @rule(action=st.sampled_from([SubscriptionAction.PAUSE, SubscriptionAction.RESUME]), is_own=st.booleans())
    def take(self, action: SubscriptionAction, is_own: bool) -> None:
        reply = Stage.run(Stage.world.post(f"{self.path}/{action}", by=self.owner if is_own else STRANGER))
        self.follow(action, {SubscriptionParty.SUBSCRIBER} if is_own and not self.is_gone else (), reply)

    @rule(is_own=st.booleans())
    def end(self, is_own: bool) -> None:
        who = Stage.world.token(self.owner if is_own else STRANGER)
        reply = Stage.run(Stage.world.client.delete(self.path, headers=who))
        tried[f"answered {reply.status_code}"] += 1
        is_ended = is_own and not self.is_gone
        assert reply.status_code == (204 if is_ended else 404)
        self.is_gone |= is_ended

    @invariant()
    def its_owner_alone_reads_the_state_it_is_in(self) -> None:
        own, other = (
            Stage.run(Stage.world.client.get(self.path, headers=Stage.world.token(who)))
            for who in (self.owner, STRANGER)
        )
        assert other.status_code == 404
        assert own.status_code == 404 if self.is_gone else own.json()["state"] == self.state


@contextmanager
def staged(opened: Callable[[AsyncExitStack], Coroutine[Any, Any, None]]) -> Iterator[None]:
    tried.clear()
    with asyncio.Runner() as Stage.runner:
        stack = AsyncExitStack()
        Stage.run(opened(stack))
        yield
        Stage.run(stack.aclose())


def lived(machine: type[Lives], examples: int, steps: int) -> None:
    """examples, steps  in `make test`; fifteen times as many lives, twice as long, in `make attack`"""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=extent(examples, 15 * examples),
            stateful_step_count=extent(steps, 2 * steps),
            deadline=None,
            database=None,
            derandomize=True,
            phases=tuple(Phase) if IS_FULL else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_order_of_steps_of_a_docking_is_as_the_table_says(
    database_of: Callable[[str], str], issuer: TokenIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    async def opened(stack: AsyncExitStack) -> None:
        given = matcher.settings_for(database_of("matcher"), issuer, rate_per_organisation=0)
        Stage.house = await stack.enter_async_context(matcher.opened(given, issuer))
        await Stage.house.save(DAMAGE_OFFER, FIRM)

    with staged(opened):
        lived(DockingLives, examples=2, steps=10)
    tell(capsys, "steps of dockings", tried)


def test_every_order_of_steps_of_a_subscription_is_as_the_table_says(
    database_of: Callable[[str], str], issuer: TokenIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    async def opened(stack: AsyncExitStack) -> None:
        given = notify.settings_for(database_of("notify"), "nats://127.0.0.1:9", issuer.settings)
        given = given.model_copy(update={"rate_per_organisation": 0})
        Stage.world = await stack.enter_async_context(notify.opened(given, issuer))

    with staged(opened):
        lived(SubscriptionLives, examples=3, steps=8)
    tell(capsys, "steps of subscriptions", tried)
