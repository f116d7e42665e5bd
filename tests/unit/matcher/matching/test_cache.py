"""What is kept at hand may be dropped by one thread while another looks for it."""

import sys
import threading
from collections.abc import Iterator
from operator import itemgetter
from uuid import UUID

import pytest

from matcher.matching import cache
from matcher.matching.cache import Found, Shelf

Row = tuple[UUID, int]
ROWS: list[Row] = [(UUID(int=number), number) for number in range(40)]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A shelf too small for what is read, and threads that take turns as often as can be."""
    monkeypatch.setattr(cache, "SIZE", 20)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_looking_for_what_is_being_dropped_finds_it_or_not() -> None:
    kept: Shelf[Row, Row] = Shelf(lambda row: row, itemgetter(0), lambda _: 1)
    stop = threading.Event()
    counts: set[int] = set()

    def fill() -> None:
        while not stop.is_set():
            for row in ROWS:
                kept.filled(Found("a model", [], [row]))

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        ids = [one for one, _ in ROWS]
        for _ in range(3000):
            known = kept.known("a model", ids)
            assert known.items() <= dict(zip(ids, ROWS, strict=True)).items()
            counts.add(len(known))
    finally:
        stop.set()
        filling.join()
    assert max(counts) > 0


def test_a_shelf_of_large_things_holds_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "BYTES", 1_000)
    kept: Shelf[Row, Row] = Shelf(lambda row: row, itemgetter(0), lambda _: 300)
    found = kept.filled(Found("a model", [], ROWS))
    assert found == ROWS
    assert list(kept.known("a model", [one for one, _ in ROWS]).values()) == ROWS[-3:]
    kept.filled(Found("a model", ROWS[-3:], []))
    assert len(kept.known("a model", [one for one, _ in ROWS])) == 3
