"""Any order of steps, by anybody, leaves a demand in the state that its table says, on record, and hidden until it is
published."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from catalog.demands.rules import LIFE, Action, Actor
from common.clock import new_id
from common.contracts.words import DemandState
from deploy.embedded.tokens import TokenIssuer
from tests.attack.bodies import Bodies
from tests.attack.extent import extent, tell
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, running, settings_for
from tests.integration.catalog.solicited import code

ELSEWHERE = {Action.REPLACE, Action.AMEND, Action.MERGE, Action.OPEN}
"""Steps that take a whole text or another demand, or that the clock alone takes."""
STEPS = [action for action in LIFE.actions if action not in ELSEWHERE]
CALLERS: dict[str, frozenset[Actor]] = {
    "owner": frozenset({Actor.OWNER, Actor.PUBLISHER}),
    "reviewer": frozenset({Actor.REVIEWER}),
    "operator": frozenset({Actor.OPERATOR}),
    "stranger": frozenset(),
}
Result = TypeVar("Result")
tried: Counter[str] = Counter()


class World:
    """A catalog for all lives of a run, on an event loop of its own."""

    runner: asyncio.Runner
    catalog: CatalogUnderTest
    bodies: Bodies
    tokens: dict[str, Headers]

    @classmethod
    def run(cls, asked: Coroutine[Any, Any, Result]) -> Result:
        return cls.runner.run(asked)


class DemandLives(RuleBasedStateMachine):
    """One demand, from its draft on."""

    def __init__(self) -> None:
        super().__init__()
        self.where = World.run(World.catalog.a_draft(as_=World.tokens["owner"]))
        self.state, self.steps, self.was_public = DemandState.DRAFT, 1, False

    @rule(action=st.sampled_from(STEPS), caller=st.sampled_from(list(CALLERS)))
    def take(self, action: Action, caller: str) -> None:
        """A step, and the same once more with the same key."""
        reply = self._asked(action, caller, key := str(new_id()))
        tried[f"answered {reply.status_code}"] += 1
        assert reply.status_code < 500, reply.text
        moves = [
            one for one in LIFE.moves if (one.state, one.action) == (self.state, action) and one.by & CALLERS[caller]
        ]
        if not reply.is_success:
            assert not moves or reply.status_code == 422, f"{caller} may {action} what is {self.state}: {reply.text}"
            return
        if not moves:
            assert caller != "stranger"
            assert LIFE.is_done(self.state, action), f"{caller} took {action} of what is {self.state}"
        elif moves:
            self.state, self.steps = moves[0].to, self.steps + 1
        self.was_public |= self.state is DemandState.PUBLISHED
        assert reply.json()["state"] == self.state
        again = self._asked(action, caller, key)
        assert (again.status_code, again.content) == (reply.status_code, reply.content)

    def _asked(self, action: Action, caller: str, key: str) -> httpx.Response:
        name = f"{action}_demand" if action is not Action.REQUEST_EDITS else "request_demand_edits"
        path = f"{self.where}/{action.replace('_', '-')}"
        body = World.bodies.plainest(name)
        return World.run(World.catalog.post(path, body, as_=World.tokens[caller], Idempotency_Key=key))

    @invariant()
    def its_owner_reads_the_state_it_is_in(self) -> None:
        reply = World.run(World.catalog.get(self.where, as_=World.tokens["owner"]))
        assert reply.json()["state"] == self.state

    @invariant()
    def nobody_else_sees_what_was_never_published(self) -> None:
        for as_ in (None, World.tokens["stranger"]):
            reply = World.run(World.catalog.get(self.where, as_=as_))
            assert self.was_public or reply.status_code == 404
            assert "0532-12345678" not in reply.text

    @invariant()
    def every_step_is_on_record_once(self) -> None:
        reply = World.run(World.catalog.get(f"{self.where}/steps", as_=World.tokens["owner"]))
        assert len(reply.json()["items"]) == self.steps


@pytest.fixture
def world(database_of: Callable[[str], str], issuer: TokenIssuer) -> Any:
    unlimited = settings_for(database_of("catalog"), issuer).model_copy(update={"rate_per_organisation": 0})
    with asyncio.Runner() as World.runner:
        stack = AsyncExitStack()
        World.catalog = World.run(stack.enter_async_context(running(unlimited, issuer)))
        transport: Any = World.catalog.http._transport
        World.bodies = Bodies(transport.app.openapi())
        organisations = {"owner": (code(61), "publisher"), "reviewer": (code(62), "reviewer")}
        organisations |= {"operator": (code(63), "operator"), "stranger": (code(64), "publisher")}
        World.tokens = {
            who: World.catalog.token(one, f"{who}（示例）", role) for who, (one, role) in organisations.items()
        }
        yield
        World.run(stack.aclose())


def test_every_order_of_steps_is_as_the_table_says(world: None, capsys: pytest.CaptureFixture[str]) -> None:
    tried.clear()
    run_state_machine_as_test(
        DemandLives,
        settings=settings(
            max_examples=extent(6, 150),
            stateful_step_count=extent(12, 40),
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    tell(capsys, "steps of demands", tried)
