"""One running platform for all stories, and the organisations that act in them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.parties import Town, town
from tests.support.stack import LiveStack, live_stack

ENV = {
    # The webhook receiver of the tests listens on the loopback address.
    "NOTIFY_ALLOW_LOOPBACK": "true",
    # All stories tell of the same trade: their demands and profiles match each other's too.
    "MATCHER_MATCH_LIMIT": "500",
}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    """Shared by all stories of a session; each has organisations of its own and mends what it breaks."""
    with live_stack(tmp_path_factory.mktemp("stack"), ENV) as running:
        yield running


@pytest.fixture
async def people(stack: LiveStack) -> AsyncIterator[Town]:
    async with town(stack) as opened:
        yield opened
