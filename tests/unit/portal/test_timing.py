"""What of a page's time was spent waiting for APIs."""

from hypothesis import given
from hypothesis import strategies as st

from portal.timing import PageTiming, covered

SPANS = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda both: (min(both), max(both))), max_size=8
)


@given(SPANS)
def test_time_that_calls_share_counts_once(spans: list[tuple[int, int]]) -> None:
    assert covered(spans) == sum(any(begun <= at < ended for begun, ended in spans) for at in range(101))


def test_a_page_says_what_its_calls_took_together_alone_and_what_the_rest_took() -> None:
    clock = iter([0.0, 1.0, 1.5, 3.0, 4.0])  # begun; the outer call, the inner one, their ends
    timing = PageTiming(lambda: next(clock))
    with timing.call():
        pass
    assert covered([(1.0, 3.0), (1.5, 2.0)]) == 2.0
    assert timing.said() == "apis;dur=500.0, calls;dur=500.0, own;dur=2500.0"
