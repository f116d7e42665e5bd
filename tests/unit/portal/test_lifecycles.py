"""A step is offered exactly when the services' tables allow it."""

import pytest

from portal import lifecycles
from tests.contract.lifecycles import lifecycles as all_lifecycles

LIVES = all_lifecycles()


@pytest.mark.parametrize("noun", LIVES)
def test_what_is_possible_is_what_the_service_says(noun: str) -> None:
    life = LIVES[noun]
    for state in life.states:
        for party in life.parties:
            assert lifecycles.possible(noun, state, [party]) == list(life.allowed(state, [party]))
