"""When a unit of a pilot line is free."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.pilot_lines.rules import Days, first_free

START = date(2026, 5, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


@st.composite
def taken(draw: st.DrawFn) -> list[Days]:
    """Days of one unit that do not overlap, in any order."""
    found, at = [], 0
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=8)):
        found.append(Days(day(at + gap), day(at + gap + length)))
        at += gap + length + 1
    return draw(st.permutations(found))


UNITS = st.dictionaries(st.integers(1, 3), taken(), min_size=1)


@given(UNITS, st.integers(0, 20), st.integers(0, 6))
def test_it_is_the_first_stretch_that_no_booking_touches(units: dict[int, list[Days]], first: int, length: int) -> None:
    def is_free(at: int) -> bool:
        return any(
            all(each.last < day(at) or each.first > day(at + length) for each in bookings)
            for bookings in units.values()
        )

    expected = next(at for at in range(first, 200) if is_free(at))
    assert first_free(units, Days(day(first), day(first + length))) == Days(day(expected), day(expected + length))
