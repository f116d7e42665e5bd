"""Bytes are kept up to a limit, the least lately used going first."""

from common.kept import ENTRY_BYTES, Kept


def test_the_least_lately_used_make_room() -> None:
    kept: Kept[str, bytes] = Kept(2 * (100 + ENTRY_BYTES))
    for name in ("a", "b"):
        kept.keep(name, bytes(100))
    assert kept.get("a") == bytes(100)
    kept.keep("c", bytes(100))
    assert [kept.get(name) is not None for name in ("a", "b", "c")] == [True, False, True]


def test_what_is_kept_again_takes_its_place_once() -> None:
    kept: Kept[str, bytes] = Kept(2 * (100 + ENTRY_BYTES))
    for content in (bytes(100), bytes(90), bytes(100)):
        kept.keep("a", content)
    kept.keep("b", bytes(100))
    assert (kept.get("a"), kept.get("b")) == (bytes(100), bytes(100))


def test_what_is_larger_than_the_limit_is_not_kept() -> None:
    kept: Kept[str, bytes] = Kept(100)
    kept.keep("a", bytes(200))
    assert kept.get("a") is None
