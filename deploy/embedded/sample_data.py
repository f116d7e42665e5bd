"""Loads the samples, from organisations to what follows from dockings, through the public HTTP APIs, each once."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.embedded import sample_claims, sample_dockings, sample_lists, sample_lives, sample_validations
from deploy.embedded.errors import StackError
from deploy.embedded.plan import Plan
from deploy.embedded.sample_lists import ListCall
from deploy.embedded.sample_record import Record
from deploy.embedded.tokens import TokenIssuer

if TYPE_CHECKING:
    import httpx

FOLDER = Path(__file__).with_name("samples")
AT_ONCE = 4
TRIES = 10
RETRY_AFTER_S = 1.0
FILES = {"calls": "claims"}
"""Of samples whose file is called otherwise: a call for solutions is opened long before what becomes of it."""
MATCHED, LATER = ("calls", "dockings", "validations"), ("lives", "lists", "claims")
"""What needs a match of a demand and an offer, and what needs at most those."""
CLAIM_ROLES = ("publisher", "enterprise", "subsidy_officer")
LIST_ROLES = ("publisher", "list_editor", "reviewer")

PUBLISHER, ENTERPRISE = "qingdao-port", "haiji-vision"
"""The sample organisations that the ready-made tokens of a shell speak for."""

ORGANISATION_KINDS = {"government": "agency", "hospital": "other", "institute": "other"}
"""Where the samples' finer words are not the platform's."""

Row = dict[str, Any]
Advance = Callable[[int, int], object]


class SampleRefused(StackError):
    """A service's answer to a sample was no, with the service's words."""


@dataclass(frozen=True)
class Sample:
    """`name` is the file and the id, like `demands/port-container-damage`; `owner`, a row of organisations, asks,
    with `tag` as its If-Match."""

    name: str
    row: Row
    owner: Row
    roles: tuple[str, ...] = sample_lives.BOTH
    tag: str | None = None


def load(
    urls: Mapping[str, str], record_at: Path, issuer: TokenIssuer, advance: Advance = lambda done, total: None
) -> int:
    """Send what this stack does not have yet, and say how many that were; `advance(done, total)` follows each.

    urls       each service's HTTP API
    record_at  the file that keeps what was sent
    """
    record = Record(record_at)
    groups = [[sample for sample in group if sample.name not in record.names] for group in sample_groups()]
    done, total = 0, sum(map(len, groups))
    if total == 0:
        return 0
    import httpx  # here: a start that has the samples already need not wait for it

    # trust_env: a proxy of this machine has no business with loopback addresses.
    with httpx.Client(timeout=30, trust_env=False) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        loader = Loader(client, urls, issuer, record.began_at)
        for group in groups:
            for name in pool.map(loader.send, group):
                record.add(name)
                advance(done := done + 1, total)
    return total


def record_path(plan: Plan) -> Path:
    return plan.home / "postgres" / "samples.loaded"


def is_missing(catalog_url: str) -> bool:
    """Whether the catalog does not know the first of the samples."""
    import httpx

    first = rows("organisations")[0]
    reply = httpx.get(f"{catalog_url}/v1/organisations/{first['scheme']}/{first['code']}", timeout=30, trust_env=False)
    return reply.status_code == 404


class Loader:
    """Acts for each sample's organisation."""

    def __init__(
        self, client: "httpx.Client", urls: Mapping[str, str], issuer: TokenIssuer, began_at: datetime
    ) -> None:
        self._client, self._urls, self._issuer, self._began_at = client, urls, issuer, began_at
        self._stories: dict[str, Callable[[Sample], None]] = {
            "dockings": self._dock,
            "lives": self._live,
            "lists": self._draw_up,
            "validations": self._validate,
            "calls": self._claim,
            "claims": self._claim,
        }

    def send(self, sample: Sample) -> str:
        """Returns the sample's name. Raises SampleRefused."""
        match sample.name.split("/")[0]:
            case "organisations":
                path = f"/v1/organisations/{sample.row['scheme']}/{sample.row['code']}"
                self._call(sample, "PUT", "catalog", path, organisation_body(sample.row))
            case "offers":
                self._call(sample, "POST", "matcher", "/v1/profiles", profile_body(sample.row, sample.owner))
            case "subscriptions":
                self._call(sample, "POST", "notify", "/v1/subscriptions", {"channel": {"type": "nats"}})
            case "demands":
                body = demand_body(sample.row, self._began_at)
                demand = self._call(sample, "POST", "catalog", "/v1/demands", body)
                for step in ("submit", "publish"):
                    self._call(sample, "POST", "catalog", f"/v1/demands/{demand['id']}/{step}")
            case story:
                self._stories[story](sample)
        return sample.name

    def _draw_up(self, sample: Sample) -> None:
        demands = {entry["demand"]: found("demands", entry["demand"]) for entry in sample.row["entries"]}

        def call(asked: ListCall) -> Row:
            name = "/".join(filter(None, (sample.name, asked.about)))
            acting = Sample(name, sample.row, found("organisations", asked.who), LIST_ROLES, asked.tag)
            return self._call(acting, asked.method, "catalog", asked.path, asked.body)

        sample_lists.draw_up(call, sample.row, demands)

    def _dock(self, sample: Sample) -> None:
        asked, offered = (found(file, sample.row[name]) for file, name in (("demands", "demand"), ("offers", "offer")))
        sides = {
            sample_dockings.OWNER: found("organisations", asked["owner"]),
            sample_dockings.FIRM: found("organisations", offered["organisation"]),
        }

        def call(side: str, method: str, path: str, body: Row | None) -> Row:
            return self._call(Sample(f"{sample.name}/{side}", sample.row, sides[side]), method, "matcher", path, body)

        try:
            sample_dockings.dock(call, sample.row, (asked["title"], offered["title"]), self._began_at)
        except sample_dockings.Unmatched as error:
            raise SampleRefused(f"{sample.name}: no match within the time for {error}") from None

    def _validate(self, sample: Sample) -> None:
        asked, offered = found("demands", sample.row["demand"]), found("offers", sample.row["offer"])
        sides = {"owner": asked["owner"], "firm": offered["organisation"], "host": sample.row["host"]}

        def send(side: str, method: str, path: str, body: Row | bytes | None = None, *, tag: str | None = None) -> Row:
            owner = found("organisations", sides[side])
            service = "matcher" if path.startswith("/v1/matches") else "catalog"
            return self._call(Sample(f"{sample.name}/{side}", sample.row, owner, tag=tag), method, service, path, body)

        try:
            match = sample_dockings.match_of(send, (asked["title"], offered["title"]))
        except sample_dockings.Unmatched as error:
            raise SampleRefused(f"{sample.name}: no match within the time for {error}") from None
        sample_validations.validate(send, sample.row, match, self._began_at)

    def _claim(self, sample: Sample) -> None:
        asked, offered = found("demands", sample.row["demand"]), found("offers", sample.row["offer"])
        named = {name: sample.row[name] for name in ("expert", "bureau", "officer")}
        sides = {"owner": asked["owner"], "firm": offered["organisation"], **named}

        def send(side: str, method: str, path: str, body: Row | None = None, about: str | None = None) -> Row:
            # What the call asked for already, the claim asks for again under the same key.
            name = "/".join(filter(None, ("claims", sample.row["id"], side, about, path.strip("/"))))
            acting = Sample(name, sample.row, found("organisations", sides[side]), CLAIM_ROLES)
            return self._call(acting, method, "catalog", path, body)

        scheme = found("lives", sample.row["scheme"])["steps"][0]["body"]["title"]
        expert = found("organisations", sample.row["expert"])
        try:
            if sample.name.startswith("calls/"):
                sample_claims.answer(send, sample.row, asked["title"], expert)
            else:
                sample_claims.claim(send, sample.row, (asked["title"], scheme), expert)
        except (LookupError, sample_claims.StillOpen) as error:
            raise SampleRefused(f"{sample.name}: {error}") from None

    def _live(self, sample: Sample) -> None:
        others = (by_id("organisations"), by_id("demands"), by_id("dockings"))
        samples = sample_lives.Samples(*others, self._began_at)
        asking, number = sample_lives.asked(sample.row, samples), 0
        try:
            asked = next(asking)
            while True:
                owner = samples.organisations[asked.organisation]
                asker = Sample(f"{sample.name}/{number}", sample.row, owner, asked.roles, asked.tag)
                asked = asking.send(self._call(asker, asked.method, asked.service, asked.path, asked.body))
                number += 1
        except StopIteration:
            return
        except LookupError as error:
            raise SampleRefused(f"{sample.name}: there is no sample {error}") from None

    def _call(self, sample: Sample, method: str, service: str, path: str, body: Row | bytes | None = None) -> Row:
        """body  bytes are those of a PDF"""
        token = self._issuer.mint(sample.owner["scheme"], sample.owner["code"], sample.owner["name"], sample.roles)
        key = f"sample/{sample.name}/{path.rsplit('/', 1)[-1]}"
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        if sample.tag is not None:
            headers["If-Match"] = sample.tag
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers["Content-Type"] = "application/pdf" if isinstance(body, bytes) else "application/json"
        for _ in range(TRIES):
            reply = self._client.request(method, self._urls[service] + path, content=content, headers=headers)
            if reply.status_code != 503:
                break
            time.sleep(RETRY_AFTER_S)
        if reply.is_error:
            raise SampleRefused(f"{service} refused {sample.name} with {reply.status_code}: {reply.text}")
        stored: Row = reply.json()
        return stored


def sample_groups() -> Iterator[list[Sample]]:
    """What comes later builds on what came before; whoever offers something is told of its matches on NATS.

    What needs a match comes with its two sides before all other offers and demands: these take the matcher a minute.
    So does what the tokens of a shell speak for, since a person's first requests are about it.
    """
    organisations = {row["id"]: row for row in rows("organisations")}
    matched = [row for file in MATCHED for row in rows(FILES.get(file, file))]
    own = {row["id"] for row in rows("offers") if row["organisation"] == ENTERPRISE}
    offers = _split(rows("offers"), own | {row["offer"] for row in matched})
    demands = _split(rows("demands"), {row["demand"] for row in matched})
    offering = sorted({row["organisation"] for row in rows("offers")})
    yield [Sample(f"organisations/{row['id']}", row, row) for row in organisations.values()]
    yield [Sample(f"subscriptions/{name}", {}, organisations[name]) for name in offering]
    for asked, offered, files in zip(demands, offers, (MATCHED, LATER), strict=True):
        yield [Sample(f"offers/{row['id']}", row, organisations[row["organisation"]]) for row in offered]
        yield [Sample(f"demands/{row['id']}", row, organisations[row["owner"]]) for row in asked]
        for file in files:
            yield [Sample(f"{file}/{row['id']}", row, {}) for row in rows(FILES.get(file, file))]


def _split(some: list[Row], ids: set[str]) -> tuple[list[Row], list[Row]]:
    """Those with one of the ids, and the others."""
    return [row for row in some if row["id"] in ids], [row for row in some if row["id"] not in ids]


def found(file: str, id: str) -> Row:
    """The row of a file with this id."""
    return by_id(file)[id]


def rows(file: str) -> list[Row]:
    return [json.loads(line) for line in (FOLDER / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()]


def by_id(file: str) -> dict[str, Row]:
    return {row["id"]: row for row in rows(file)}


def organisation_body(row: Row) -> Row:
    return {
        "name": row["name"],
        "kind": ORGANISATION_KINDS.get(row["kind"], row["kind"]),
        "division": row["division"],
    }


def profile_body(row: Row, organisation: Row) -> Row:
    kept = ("offer_kind", "items", "cases", "products", "tracks", "language", "division")
    said = {name: organisation[name] for name in ("ownership", "size_class")}
    return {"headline": row["title"], "summary": row["text"], **{name: row[name] for name in kept}, **said}


def demand_body(row: Row, began_at: datetime) -> Row:
    kept = ("kind", "title", "clauses", "domain", "tracks", "division", "budget_min_fen", "budget_max_fen")
    closes_at = began_at + timedelta(days=row["closes_in_days"])
    said = {"need": row["text"], "closes_at": closes_at.isoformat(), **{name: row[name] for name in kept}}
    return said | {name: entry[name] for entry in _listed(row["id"]) for name in ("docking", "policies")}


def _listed(demand: str) -> list[Row]:
    """The entries that a demand has in lists."""
    return [entry for one in rows("lists") for entry in one["entries"] if entry["demand"] == demand]
