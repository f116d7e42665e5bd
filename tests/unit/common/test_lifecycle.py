"""Every life-cycle of every service: each step is in its table, or is refused with what is possible instead."""

from datetime import UTC, datetime

import pytest

from common.errors import NotAllowedNow
from tests.contract.lifecycles import AnyLifecycle, lifecycles

LIFE_CYCLES = lifecycles()
NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(params=LIFE_CYCLES)
def life(request: pytest.FixtureRequest) -> AnyLifecycle:
    return LIFE_CYCLES[request.param]


def test_the_life_cycles_there_are_were_found() -> None:
    assert LIFE_CYCLES.keys() >= {"catalog/demands", "notify/subscriptions", "notify/deliveries"}


def test_every_step_is_in_the_table_or_refused_with_what_is_possible(life: AnyLifecycle) -> None:
    for state in life.states:
        for action in life.actions:
            for party in life.parties:
                _check(life, state, action, party)


def _check(life: AnyLifecycle, state: str, action: str, party: str) -> None:
    rows = [move for move in life.moves if (move.state, move.action) == (state, action) and party in move.by]
    assert (action in life.allowed(state, {party})) == bool(rows)
    if rows:
        step = life.moved(state, action, by={party}, at=NOW)
        assert (step.action, step.before, step.after, step.by, step.at) == (action, state, rows[0].to, party, NOW)
        return
    with pytest.raises(NotAllowedNow) as refused:
        life.moved(state, action, by={party}, at=NOW)
    english, chinese = refused.value.detail, refused.value.detail_zh
    possible = life.allowed(state, {party})
    assert english.endswith(f"allowed now: {', '.join(possible) or 'nothing'}")
    assert chinese.endswith(f"当前可以：{'、'.join(life.actions[each].zh for each in possible) or '无'}")
    assert f"is {state}" in english
    assert life.states[state] in chinese
    others = {each for move in life.moves if (move.state, move.action) == (state, action) for each in move.by}
    assert all(life.parties[each].en in english and life.parties[each].zh in chinese for each in others)


def test_whoever_is_several_parties_may_do_what_each_may(life: AnyLifecycle) -> None:
    everybody = set(life.parties)
    for move in life.moves:
        assert life.moved(move.state, move.action, by=everybody, at=NOW).after == move.to
    for state in life.states:
        assert set(life.allowed(state, everybody)) == {move.action for move in life.moves if move.state == state}
        assert life.allowed(state, ()) == ()


def test_no_step_has_two_outcomes(life: AnyLifecycle) -> None:
    steps = [(move.state, move.action) for move in life.moves]
    assert len(steps) == len(set(steps))


def test_every_state_action_and_party_has_a_name_and_a_use(life: AnyLifecycle) -> None:
    assert set(life.states) == {life.initial} | {state for move in life.moves for state in (move.state, move.to)}
    assert list(life.states) == list(type(life.initial).__members__.values())
    assert set(life.actions) == {move.action for move in life.moves}
    assert set(life.parties) == {party for move in life.moves for party in move.by}
    assert all([*life.states.values(), *(label.zh for label in [*life.actions.values(), *life.parties.values()])])


def test_every_state_can_be_reached_from_the_first(life: AnyLifecycle) -> None:
    reached, before = {life.initial}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {move.to for move in life.moves if move.state in before}
    assert reached == set(life.states)


def test_what_is_done_is_where_the_action_leads(life: AnyLifecycle) -> None:
    for state in life.states:
        for action in life.actions:
            assert life.is_done(state, action) == (state in {m.to for m in life.moves if m.action == action})


def test_a_change_of_many_rows_knows_its_states(life: AnyLifecycle) -> None:
    for action in life.actions:
        rows = [move for move in life.moves if move.action == action]
        assert life.before(action) == tuple(move.state for move in rows)
        if len({move.to for move in rows}) == 1:
            assert life.after(action) == rows[0].to
        else:
            with pytest.raises(ValueError, match="unpack"):
                life.after(action)
