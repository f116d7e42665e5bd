"""How fast profiles are loaded, end to end, as a share of the bare engine's rate on the same texts."""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from matcher.engine.embedding import Embedder, load_embedder
from matcher.settings import MatcherSettings
from matcher.subjects.profiles.offer import Offer
from matcher.vectors.content import profile_texts
from tests.bench import platform
from tests.bench.report import Figure, Result, figure
from tests.support.eventually import eventually
from tests.support.parties import Json, Party, town
from tests.support.stack import LiveStack

OFFERS = Path(__file__).parents[2] / "deploy" / "embedded" / "samples" / "offers.jsonl"
KEPT = ("offer_kind", "items", "cases", "products", "tracks", "language")
PROFILES = 240
AT_ONCE = 8
LONGEST_S = 900.0
SENTENCE_END = re.compile(r"[。；;！？!?]|[.](?=\s)|(?<![。；;！？!?.])$")
TEXTS = ("title", "name", "text")


async def measure() -> Result:
    engine = load_embedder(cache_dir=platform.cache(), threads=MatcherSettings.model_fields["threads"].default)
    profiles = _profiles()
    passages = [text for profile in profiles for _, text in profile_texts(_offer(profile)).asked]
    with platform.running() as stack:
        async with town(stack) as people:
            firm = people.enterprise()
            await _loaded(
                stack, firm, [_numbered(profiles[0], PROFILES)]
            )  # the worker's model is in memory from here on
            first_s = _embedded_in(engine, passages[0::2])
            service_s = await _loaded(stack, firm, profiles)
            second_s = _embedded_in(engine, passages[1::2])
    return Result(
        "Loading profiles, end to end", _figures(len(profiles), len(set(passages)), service_s, first_s + second_s)
    )


def _figures(profiles: int, passages: int, service_s: float, engine_s: float) -> list[Figure]:
    return [
        figure("passages embedded, stored and ranked", passages / service_s, "/s", "bare engine", passages / engine_s),
        figure("profiles", profiles / service_s, "/s", "bare engine, their texts alone", profiles / engine_s),
    ]


def _profiles() -> list[Json]:
    """The sample offers, numbered so that hardly a text comes twice: equal texts are embedded once."""
    rows = [json.loads(line) for line in OFFERS.read_text(encoding="utf-8").splitlines()]
    offers = [{**{name: row[name] for name in KEPT}, "headline": row["title"], "summary": row["text"]} for row in rows]
    return [_numbered(offers[number % len(offers)], number // len(offers)) for number in range(PROFILES)]


def _numbered(offer: Json, number: int) -> Json:
    """Every sentence with the number in it, as vectors are made of sentences too."""

    def marked(text: str) -> str:
        return SENTENCE_END.sub(f"（{number}）\\g<0>", text)

    said = {name: marked(offer[name]) for name in ("headline", "summary")}
    parts = {
        name: [{key: marked(text) if key in TEXTS else text for key, text in part.items()} for part in offer[name]]
        for name in ("items", "cases", "products")
    }
    return {**offer, **said, **parts}


def _offer(profile: Json) -> Offer:
    return Offer.model_validate(profile)


def _embedded_in(engine: Embedder, passages: Sequence[str]) -> float:
    distinct = sorted(set(passages), key=len)
    began_at = time.monotonic()
    engine.encode_passages(distinct)
    return time.monotonic() - began_at


async def _loaded(stack: LiveStack, firm: Party, profiles: Sequence[Json]) -> float:
    """Seconds from the first request until the last profile is ranked."""
    places = asyncio.Semaphore(AT_ONCE)

    async def save(profile: Json) -> None:
        async with places:
            await firm.save_profile(profile)

    database = await asyncpg.connect(stack.database_url("matcher"))
    began_at = time.monotonic()
    await asyncio.gather(*map(save, profiles))

    async def is_done() -> bool:
        count: int = await database.fetchval("SELECT count(*) FROM jobs")
        return count == 0

    await eventually(is_done, within=LONGEST_S, every=0.05, what="ranking every profile")
    took_s = time.monotonic() - began_at
    await database.close()
    return took_s
