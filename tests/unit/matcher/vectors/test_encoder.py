"""One embedder serves many: together where they coincide, the urgent first, the fault of one not that of others."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence

import numpy as np
import pytest

from matcher.engine.embedding import Matrix
from matcher.engine.ranking import background
from matcher.vectors.encoder import CHUNK, Encoder, RoleText, TextRole
from tests.support.embedder import HashEmbedder
from tests.support.eventually import eventually


class Held(HashEmbedder):
    """Embeds one call after `go` is set; remembers what each call was given."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.calls: list[list[str]] = []

    def _encode(self, texts: Sequence[str], on_progress: Callable[[int], None] | None) -> Matrix:
        self.calls.append(list(texts))
        assert self.go.wait(10)
        if "bad" in texts:
            raise RuntimeError("cannot embed this")
        return super()._encode(texts, on_progress)


@pytest.fixture
def embedder() -> Held:
    return Held()


@pytest.fixture
async def encoder(embedder: Held) -> AsyncIterator[Encoder]:
    made = Encoder(embedder, background.load())
    yield made
    embedder.go.set()
    await made.close()


def passages(*texts: str) -> list[RoleText]:
    return [(TextRole.PASSAGE, text) for text in texts]


def begun(encoder: Encoder, *texts: str, is_urgent: bool = False) -> asyncio.Task[Matrix]:
    return asyncio.create_task(encoder.encode(passages(*texts), is_urgent=is_urgent))


async def let_begin() -> None:
    """Give every task that can run its turn; nothing here waits for time to pass."""
    for _ in range(10):
        await asyncio.sleep(0)


async def let_call(embedder: Held, count: int) -> None:
    await eventually(lambda: len(embedder.calls) >= count, within=10)


async def test_what_waits_while_one_is_embedded_is_embedded_together(encoder: Encoder, embedder: Held) -> None:
    tasks = [begun(encoder, "first")]
    await let_begin()
    tasks += [begun(encoder, f"later {number}") for number in range(7)]
    await let_begin()
    embedder.go.set()
    await asyncio.gather(*tasks)
    assert [len(call) for call in embedder.calls] == [1, 7]


async def test_everybody_gets_the_vectors_of_his_own_texts_in_order(encoder: Encoder, embedder: Held) -> None:
    embedder.go.set()
    texts = [f"text {number}" * (number % 7 + 1) for number in range(2 * CHUNK)]
    one, other = await asyncio.gather(encoder.encode(passages(*texts)), encoder.encode(passages(*texts[::-1])))
    np.testing.assert_array_equal(one, embedder.encode_passages(texts))
    np.testing.assert_array_equal(other, one[::-1])


async def test_texts_of_as_many_tokens_are_computed_side_by_side(encoder: Encoder, embedder: Held) -> None:
    embedder.go.set()
    # Tokens unlike characters: the first letter says how many there are.
    embedder.count_tokens = lambda text: ord(text[0]) - 96  # type: ignore[method-assign]
    texts = [f"{'ba'[number % 2]}{'.' * number}" for number in range(2 * CHUNK)]
    await encoder.encode(passages(*texts))
    assert [{text[0] for text in call} for call in embedder.calls] == [{"a"}, {"b"}]


async def test_nobody_urgent_waits_for_more_than_one_batch_of_the_engine(encoder: Encoder, embedder: Held) -> None:
    long = [f"{number}" * 200 for number in range(8)]
    tasks = [begun(encoder, *long)]
    await let_call(embedder, 1)
    tasks.append(begun(encoder, "urgent", is_urgent=True))
    await let_begin()
    embedder.go.set()
    await asyncio.gather(*tasks)
    assert embedder.calls[1] == ["urgent"]
    assert max(sum(map(embedder.count_tokens, call)) for call in embedder.calls) <= embedder.batch_tokens


async def test_equal_texts_are_embedded_once(encoder: Encoder, embedder: Held) -> None:
    embedder.go.set()
    vectors = await encoder.encode(passages("same", "other", "same"))
    assert sorted(embedder.calls[0]) == ["other", "same"]
    np.testing.assert_array_equal(vectors[0], vectors[2])


async def test_the_urgent_goes_before_what_has_waited_longer(encoder: Encoder, embedder: Held) -> None:
    tasks = [begun(encoder, "first")]
    await let_begin()
    tasks.append(begun(encoder, *(f"patient {number}" for number in range(CHUNK))))
    await let_begin()
    tasks.append(begun(encoder, "urgent", is_urgent=True))
    await let_begin()
    embedder.go.set()
    await asyncio.gather(*tasks)
    assert embedder.calls[1] == ["urgent"]


async def test_a_fault_reaches_those_who_asked_and_the_next_are_served(encoder: Encoder, embedder: Held) -> None:
    embedder.go.set()
    with pytest.raises(RuntimeError, match="cannot embed this"):
        await encoder.encode(passages("bad"))
    assert (await encoder.encode(passages("good"))).shape == (1, embedder.dim)


async def test_what_nobody_waits_for_any_more_is_not_embedded(encoder: Encoder, embedder: Held) -> None:
    first = begun(encoder, "first")
    await let_begin()
    given_up = begun(encoder, "given up")
    await let_begin()
    given_up.cancel()
    await let_begin()
    embedder.go.set()
    await first
    await encoder.encode(passages("last"))
    assert [text for call in embedder.calls for text in call] == ["first", "last"]


async def test_no_texts_have_no_vectors(encoder: Encoder, embedder: Held) -> None:
    assert (await encoder.encode([])).shape == (0, embedder.dim)
