"""Embeds for everybody in a process: off the event loop, together where requests coincide, short waits first."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from common.errors import Unavailable
from matcher import metrics
from matcher.engine.embedding import Embedder, Matrix
from matcher.engine.ranking.background import Background

LAYOUT = "cut2"
"""Part of every vector's model id. Raise it when other texts are embedded: the old vectors no longer mean the same."""
CHUNK = 64
"""Texts embedded in one call at most; of those that nobody waits for no more than the engine computes side by side, so
that nobody urgent waits longer than that."""

_FEW = 8
"""Texts whose tokens are counted on the event loop, in less than a millisecond."""


class TextRole(Enum):
    QUERY = "query"
    PASSAGE = "passage"


RoleText = tuple[TextRole, str]


@dataclass
class _Order:
    """Texts of one caller; `tokens` is 0 where somebody waits for them."""

    texts: list[RoleText]
    tokens: int = 0
    done: asyncio.Future[Matrix] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Encoder:
    """One embedder and one thread that works for it. Use it on one event loop; `close` it there."""

    def __init__(self, embedder: Embedder, known: Background) -> None:
        """known  the embedder's background"""
        self.embedder, self.background = embedder, known
        self.model_id = f"{embedder.id}.{LAYOUT}"
        self._urgent: deque[_Order] = deque()
        self._patient: deque[_Order] = deque()
        self._in_hand: list[_Order] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embed")
        self._arrived = asyncio.Event()
        self._runner = asyncio.create_task(self._run(), name="encoder")

    async def encode(self, texts: Sequence[RoleText], *, is_urgent: bool = False) -> Matrix:
        """(n, dim) float32 unit rows, row i for texts[i]; equal texts are embedded once."""
        began = time.perf_counter()
        distinct = list(dict.fromkeys(texts))
        if is_urgent:
            orders = [_Order(distinct[at : at + CHUNK]) for at in range(0, len(distinct), CHUNK)]
        else:
            orders = self._by_length(await self._counted(distinct))
        (self._urgent if is_urgent else self._patient).extend(orders)
        self._tell_waiting()
        self._arrived.set()
        try:
            vectors = await asyncio.gather(*(order.done for order in orders))
        finally:
            for order in orders:
                order.done.cancel()
        metrics.ENCODING.labels("urgent" if is_urgent else "patient").observe(time.perf_counter() - began)
        ordered = [asked for order in orders for asked in order.texts]
        place = {asked: at for at, asked in enumerate(ordered)}
        return np.concatenate(vectors)[[place[asked] for asked in texts]] if texts else self._nothing()

    async def close(self) -> None:
        """What waits is refused: nobody would ever answer it."""
        self._runner.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)
        for order in (*self._in_hand, *self._urgent, *self._patient):
            if not order.done.done():
                order.done.set_exception(Unavailable("The server is stopping", "服务正在停止"))

    def _nothing(self) -> Matrix:
        return np.empty((0, self.embedder.dim), dtype=np.float32)

    async def _counted(self, texts: list[RoleText]) -> dict[RoleText, int]:
        """Tokens of each that the model will see."""
        most, count = self.embedder.max_tokens, self.embedder.count_tokens

        def counted() -> dict[RoleText, int]:
            return {asked: min(count(asked[1]), most) for asked in texts}

        return counted() if len(texts) <= _FEW else await asyncio.to_thread(counted)

    def _by_length(self, tokens: dict[RoleText, int]) -> list[_Order]:
        """Those with as many tokens together: the engine computes equal lengths side by side."""
        orders: list[_Order] = []
        for asked in sorted(tokens, key=tokens.__getitem__):
            last = orders[-1] if orders else None
            if last is None or len(last.texts) == CHUNK or last.tokens + tokens[asked] > self.embedder.batch_tokens:
                orders.append(_Order([]))
            orders[-1].texts.append(asked)
            orders[-1].tokens += tokens[asked]
        return orders

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            while orders := self._next_orders():
                self._in_hand = orders
                texts = [asked for order in orders for asked in order.texts]
                work = loop.run_in_executor(self._thread, _vectors, self.embedder, texts)
                await asyncio.wait([work])
                _hand_out(orders, work)
                self._in_hand = []
            self._arrived.clear()

    def _next_orders(self) -> list[_Order]:
        """Orders to compute in one call, urgent ones alone and first; those nobody waits for any more are dropped."""
        return self._taken(self._urgent) or self._taken(self._patient)

    def _taken(self, queue: deque[_Order]) -> list[_Order]:
        chosen: list[_Order] = []
        count = tokens = 0
        while queue:
            order = queue[0]
            if chosen and (count + len(order.texts) > CHUNK or tokens + order.tokens > self.embedder.batch_tokens):
                break
            queue.popleft()
            if not order.done.done():
                chosen.append(order)
                count, tokens = count + len(order.texts), tokens + order.tokens
        self._tell_waiting()
        return chosen

    def _tell_waiting(self) -> None:
        for urgency, queue in (("urgent", self._urgent), ("patient", self._patient)):
            metrics.TEXTS_WAITING.labels(urgency).set(sum(len(order.texts) for order in queue))


def _vectors(embedder: Embedder, texts: Sequence[RoleText]) -> Matrix:
    result = np.empty((len(texts), embedder.dim), dtype=np.float32)
    for role, encode in ((TextRole.QUERY, embedder.encode_queries), (TextRole.PASSAGE, embedder.encode_passages)):
        places = [at for at, (asked_as, _) in enumerate(texts) if asked_as is role]
        if places:
            result[places] = encode([texts[at][1] for at in places])
    return result


def _hand_out(orders: Sequence[_Order], work: asyncio.Future[Matrix]) -> None:
    """Give each order its rows, or all of them the fault: the encoder itself goes on."""
    fault = work.exception()
    start = 0
    for order in orders:
        if order.done.done():
            pass
        elif fault is not None:
            order.done.set_exception(fault)
        else:
            order.done.set_result(work.result()[start : start + len(order.texts)])
        start += len(order.texts)
