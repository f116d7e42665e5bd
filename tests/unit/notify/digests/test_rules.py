"""A digest tells of each match its newest version, and not of what lapsed before anybody was told of it."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from notify.digests.rules import LAPSED, SUPERSEDED, Collected, gathered

MATCH, OTHER = uuid4(), uuid4()


def one(match_id: UUID | None, version: int | None = 1, *, is_current: bool = True) -> Collected:
    return Collected(uuid4(), match_id, version, is_current)


def test_of_each_match_the_newest_is_told_in_the_order_of_collecting() -> None:
    first, news, other, second = one(MATCH), one(MATCH, None), one(OTHER), one(MATCH, 2)
    found = gathered([first, news, other, second], lapsed=set(), told_before=set())
    assert found.told == [news.id, other.id, second.id]
    assert found.left_out == {first.id: SUPERSEDED}


def test_what_lapsed_before_it_was_told_is_left_out_with_its_end() -> None:
    made, ended = one(MATCH), one(MATCH, 2, is_current=False)
    found = gathered([made, ended], lapsed={MATCH}, told_before=set())
    assert (found.told, found.left_out) == ([], {made.id: SUPERSEDED, ended.id: LAPSED})


def test_a_match_is_left_out_though_the_news_of_its_end_is_still_on_its_way() -> None:
    made = one(MATCH)
    assert gathered([made], lapsed={MATCH}, told_before=set()).left_out == {made.id: LAPSED}


def test_the_end_of_what_was_told_before_is_told() -> None:
    ended = one(MATCH, 2, is_current=False)
    assert gathered([ended], lapsed={MATCH}, told_before={MATCH}).told == [ended.id]


@given(
    st.lists(
        st.builds(one, st.sampled_from([MATCH, OTHER, None]), st.integers(1, 4), is_current=st.booleans()), max_size=12
    ),
    st.sets(st.sampled_from([MATCH, OTHER])),
    st.sets(st.sampled_from([MATCH, OTHER])),
)
def test_nothing_is_lost_without_a_reason(collected: list[Collected], lapsed: set[UUID], told: set[UUID]) -> None:
    found = gathered(collected, lapsed=lapsed, told_before=told)
    assert {*found.told, *found.left_out} == {each.id for each in collected}
    assert not set(found.told) & set(found.left_out)
    for match_id in {each.match_id for each in collected} - lapsed - {None}:
        newest = max((each for each in collected if each.match_id == match_id), key=lambda each: each.version or 0)
        assert not newest.is_current or newest.id in found.told, "what holds is told"
