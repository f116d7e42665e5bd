"""Loads a folder of demands and offers through the public HTTP APIs; loading it again changes nothing."""

import hashlib
import json
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, TypeVar

import httpx

from matcher.progress import counted
from matcher.settings import LoadSettings

Row = dict[str, Any]
Sent = TypeVar("Sent")
Outcome = tuple[int, list[str]]
"""How many rows were sent, and what was said against some of them."""
BATCH = 50
AT_ONCE = 4
TRIES = 30
LONGEST_REST_S = 5.0
MOST_NAMED = 20
OFFER_FIELDS = ("items", "cases", "products", "tracks", "language", "division")
DEMAND_FIELDS = ("clauses", "domain", "tracks", "division", "budget_min_fen", "budget_max_fen")


class CannotLoad(Exception):
    """One line that says what is wrong with the folder, an address or a token."""


class Refused(Exception):
    """A service took the request and said no; `rows` are the places it named, in a batch."""

    def __init__(self, reason: str, rows: frozenset[int] = frozenset()) -> None:
        super().__init__(reason)
        self.rows = rows


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb."""
    parser.add_argument("folder", type=Path, help="holds demands.jsonl and offers.jsonl")
    for name, setting in LoadSettings.model_fields.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"{setting.description} [{name.upper()}]")


def run(arguments: Namespace) -> str:
    """What was loaded and what was refused, in words. Raises CannotLoad."""
    given = {name: value for name, value in vars(arguments).items() if name in LoadSettings.model_fields and value}
    settings = LoadSettings(**given)
    for name in ("publisher_token", "enterprise_token"):
        if not getattr(settings, name):
            option = name.replace("_", "-")
            raise CannotLoad(f"an access token is needed: --{option}, or the variable {name.upper()}")
    return load(arguments.folder, settings)


def load(folder: Path, settings: LoadSettings) -> str:
    """Send offers, then demands. Every row keeps its idempotency key, so a killed load is simply repeated."""
    offers, demands = list(_rows(folder / "offers.jsonl")), list(_rows(folder / "demands.jsonl"))
    refused: list[str] = []
    with Door(settings.matcher, settings.enterprise_token) as matcher, counted("offers", len(offers)) as advance:
        batches = [offers[at : at + BATCH] for at in range(0, len(offers), BATCH)]
        done = 0
        for count, said in _at_once(lambda batch: _send_offers(matcher, batch), batches):
            refused += said
            advance(done := done + count)
    with Door(settings.catalog, settings.publisher_token) as catalog, counted("demands", len(demands)) as advance:
        done = 0
        for count, said in _at_once(lambda row: _send_demand(catalog, row), demands):
            refused += said
            advance(done := done + count)
    there = len(offers) + len(demands) - len(refused)
    more = [f"… and {len(refused) - MOST_NAMED} more"] if len(refused) > MOST_NAMED else []
    return "\n".join([f"{there} rows are there, {len(refused)} were refused", *refused[:MOST_NAMED], *more])


class Door:
    """One service's HTTP API, in one organisation's name."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        # trust_env: a proxy of this machine has no business with the addresses of a deployment's own services.
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def post(self, path: str, body: Row | None, *, key: str) -> Row:
        """Raises Refused for what is wrong with the body, CannotLoad for what no other row would survive either."""
        for _ in range(TRIES):
            try:
                reply = self._client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx.HTTPError as error:
                raise CannotLoad(f"{self._url} does not answer: {type(error).__name__}") from error
            if reply.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return _content(reply, self._url + path)
            time.sleep(min(float(reply.headers.get("Retry-After", "1")), LONGEST_REST_S))
        raise CannotLoad(f"{self._url} stays unavailable: {_problem(reply)}")


def _content(reply: httpx.Response, where: str) -> Row:
    if reply.is_success:
        content: Row = reply.json()
        return content
    if reply.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        raise Refused(_problem(reply), frozenset(_places(reply)))
    raise CannotLoad(f"{where} answers {reply.status_code}: {_problem(reply)}")


def _problem(reply: httpx.Response) -> str:
    try:
        problem = reply.json()
        errors = "; ".join(f"{one.get('pointer')}: {one['detail']}" for one in problem.get("errors", []))
        return errors or str(problem["detail"])
    except (ValueError, KeyError, AttributeError, TypeError):
        return reply.text[:200]


def _places(reply: httpx.Response) -> Iterator[int]:
    """Which profiles of a batch the problem's pointers name."""
    for error in reply.json().get("errors", []):
        match str(error.get("pointer")).split("/"):
            case ["#", "profiles", place, *_] if place.isdigit():
                yield int(place)


def _at_once(send: Callable[[Sent], Outcome], things: Sequence[Sent]) -> Iterator[Outcome]:
    """What became of each, as it is known; the first failure ends it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(send, thing) for thing in things]
        try:
            for one in as_completed(waiting):
                yield one.result()
        finally:
            for one in waiting:
                one.cancel()


def _send_offers(matcher: Door, rows: Sequence[Row]) -> Outcome:
    """The rows that are refused are named, and the others sent without them."""
    refused, left = [], list(rows)
    while left:
        body = {"profiles": [_offer(row) for row in left]}
        try:
            matcher.post("/v1/profiles/batch", body, key=_key(body))
        except Refused as error:
            bad = error.rows or range(len(left))
            refused += [f"offer {left[place].get('id')}: {error}" for place in sorted(bad)]
            left = [row for place, row in enumerate(left) if place not in bad]
        else:
            break
    return len(rows), refused


def _send_demand(catalog: Door, row: Row) -> Outcome:
    body = _demand(row)
    try:
        demand = catalog.post("/v1/demands", body, key=_key(body))
        for step in ("submit", "publish"):
            catalog.post(f"/v1/demands/{demand['id']}/{step}", None, key=f"{step}-{demand['id']}")
    except Refused as error:
        return 1, [f"demand {row.get('id')}: {error}"]
    return 1, []


def _offer(row: Row) -> Row:
    kept = {name: row[name] for name in OFFER_FIELDS if row.get(name)}
    text = {"summary": row["text"]} if row.get("text") else {}
    return {"offer_kind": row.get("offer_kind", "solution"), "headline": row.get("title"), **text, **kept}


def _demand(row: Row) -> Row:
    kept = {name: row[name] for name in DEMAND_FIELDS if row.get(name)}
    need = row.get("text") or row.get("title")
    return {"kind": row.get("kind", "scenario"), "title": row.get("title"), "need": need, **kept}


def _key(body: Row) -> str:
    """The same content has the same key, whenever it is sent."""
    return f"load-{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()}"


def _rows(path: Path) -> Iterator[Row]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotLoad(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise CannotLoad(f"{path}:{number} is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise CannotLoad(f"{path}:{number} is not an object")
        yield row
