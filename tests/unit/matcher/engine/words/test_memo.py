"""What is remembered is bounded in bytes, whatever is asked."""

from matcher.engine.words.memo import ByteBoundedCache, text_size


def lengths(most_bytes: int) -> tuple[ByteBoundedCache[str, int], list[str]]:
    """A cache of lengths, and the texts it computed them for."""
    computed: list[str] = []

    def compute(text: str) -> int:
        computed.append(text)
        return len(text)

    return ByteBoundedCache(compute, size_of=lambda text, _: text_size(text), most_bytes=most_bytes), computed


def test_what_is_asked_twice_is_computed_once() -> None:
    cache, computed = lengths(10_000)
    assert [cache("港口"), cache("港口"), cache("闸口")] == [2, 2, 2]
    assert computed == ["港口", "闸口"]


def test_the_bytes_held_never_exceed_the_bound() -> None:
    cache, _ = lengths(20_000)
    for n in range(500):
        cache(f"{n}" + "文" * (n % 97))
        assert cache.held_bytes <= 20_000


def test_what_is_asked_for_again_and_again_stays() -> None:
    cache, computed = lengths(4_000)
    for n in range(200):
        cache("常问")
        cache(f"只问一次{n}")
    assert computed.count("常问") == 1


def test_a_result_too_large_for_the_cache_is_answered_and_not_kept() -> None:
    cache, computed = lengths(1_000)
    assert [cache("长" * 5_000), cache("长" * 5_000)] == [5_000, 5_000]
    assert (len(computed), cache.held_bytes) == (2, 0)
