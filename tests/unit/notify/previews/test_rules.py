"""A preview says what the sender and the clock would do."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from notify.previews.rules import Message, simulate
from notify.subscriptions.cadence import Cadence

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
MOMENTS = st.lists(st.integers(0, 10_000).map(lambda minutes: NOON + timedelta(minutes=minutes)), max_size=30)
CADENCES = st.sampled_from(
    [
        Cadence(),
        Cadence.model_validate({"quiet": {"begins": "22:00", "ends": "07:00"}}),
        Cadence.model_validate({"pace": "daily", "quiet": {"begins": "00:00", "ends": "09:00"}}),
        Cadence.model_validate({"pace": "weekly"}),
        Cadence(monthly_cap=3),
        Cadence.model_validate({"pace": "daily", "monthly_cap": 2}),
    ]
)


def cadence(**said: Any) -> Cadence:
    return Cadence.model_validate(said)


def test_without_settings_each_piece_goes_at_once() -> None:
    found = simulate(cadence(), [NOON, NOON])
    assert found.messages == [Message(NOON, 1, is_gathered=False)] * 2


def test_a_digest_gathers_and_quiet_hours_wait() -> None:
    daily = simulate(cadence(pace="daily", hour=8), [NOON, NOON + timedelta(hours=1), NOON + timedelta(days=1)])
    assert [message.pieces_count for message in daily.messages] == [2, 1]
    night = simulate(cadence(quiet={"begins": "11:00", "ends": "13:00"}), [NOON, NOON + timedelta(hours=2)])
    assert (night.waited_count, night.messages[0].at) == (1, NOON + timedelta(hours=1))


def test_beyond_the_cap_the_rest_is_one_message_when_the_month_is_over() -> None:
    found = simulate(cadence(monthly_cap=2), [NOON + timedelta(hours=each) for each in range(5)])
    assert [message.pieces_count for message in found.messages] == [1, 1, 3]
    assert (found.over_cap_count, found.messages[-1].at) == (3, datetime(2026, 3, 31, 16, tzinfo=UTC))


@given(CADENCES, MOMENTS)
def test_every_piece_goes_once_and_none_before_it_came(asked: Cadence, moments: list[datetime]) -> None:
    found = simulate(asked, moments)
    assert sum(message.pieces_count for message in found.messages) == len(moments)
    assert [message.at for message in found.messages] == sorted(message.at for message in found.messages)
    if moments:
        assert found.messages[0].at >= min(moments)
