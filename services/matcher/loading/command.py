"""Loads a folder of demands and offers through the public HTTP APIs; loading it again changes nothing."""

import hashlib
import json
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from common.progress import counted
from matcher.json_lines import Object as Body
from matcher.loading.door import Door, RowFault, RowRefused, party_of
from matcher.loading.rows import (
    DEMAND,
    OFFER,
    CannotLoad,
    Column,
    Party,
    Row,
    explained,
    named_here,
    read,
    refuse_without_files,
)
from matcher.settings import LoadSettings

Sent = TypeVar("Sent")
Outcome = tuple[int, list[str]]
"""How many rows were sent, and what was said against some of them."""
BATCH = 50
AT_ONCE = 4
MOST_NAMED = 20
HELP = f"""\
Each file holds one JSON object on a line; either may be left out.

offers.jsonl becomes profiles of the organisation that the enterprise token speaks for:
{explained(OFFER)}

demands.jsonl becomes published demands of the organisation that the publisher token speaks for:
{explained(DEMAND)}

A row that is refused is named with its file and line, and the others are loaded; the exit status is then 1.
CSV is not read."""


@dataclass(frozen=True)
class LoadReport:
    """What was loaded and what was refused, in words."""

    text: str
    refused_count: int


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb, and the fields of the files to its help."""
    parser.formatter_class, parser.epilog = RawDescriptionHelpFormatter, HELP
    parser.add_argument("folder", type=Path, help="holds offers.jsonl, demands.jsonl or both")
    for name, setting in LoadSettings.model_fields.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"{setting.description} [{name.upper()}]")


def run(arguments: Namespace) -> LoadReport:
    """Raises BadFile: CannotLoad for what is not about one line."""
    given = {name: value for name, value in vars(arguments).items() if name in LoadSettings.model_fields and value}
    return load(arguments.folder, LoadSettings(**given))


def load(folder: Path, settings: LoadSettings) -> LoadReport:
    """Send offers, then demands. Every row keeps its idempotency key, so a killed load is simply repeated."""
    refuse_without_files(folder)
    offers, demands = read(folder, "offers"), read(folder, "demands")
    maker = _party(settings.enterprise_token, "enterprise-token") if offers else Party()
    owner = _party(settings.publisher_token, "publisher-token") if demands else Party()
    there, whose = len(offers) + len(demands), _whose((offers, "offers", maker), (demands, "demands", owner))
    offers, refused = _checked(offers, OFFER, maker)
    demands, refused_too = _checked(demands, DEMAND, owner)
    refused += refused_too
    with Door(settings.matcher, settings.enterprise_token) as matcher:
        batches = [offers[at : at + BATCH] for at in range(0, len(offers), BATCH)]
        refused += _sent(f"offers of {maker}", len(offers), lambda batch: _send_offers(matcher, batch), batches)
    with Door(settings.catalog, settings.publisher_token) as catalog:
        refused += _sent(f"demands of {owner}", len(demands), lambda row: _send_demand(catalog, row), demands)
    head = f"{there - len(refused)} rows are there, {len(refused)} were refused ({whose})"
    more = [f"… and {len(refused) - MOST_NAMED} more"] if len(refused) > MOST_NAMED else []
    return LoadReport("\n".join([head, *refused[:MOST_NAMED], *more]), len(refused))


def _whose(*sent: tuple[Sequence[Row], str, Party]) -> str:
    return ", ".join(f"{what} of {party}" for rows, what, party in sent if rows) or "the files are empty"


def _party(token: str, option: str) -> Party:
    if not token:
        variable = option.replace("-", "_").upper()
        raise CannotLoad(f"an access token is needed: --{option}, or the variable {variable}")
    return party_of(token)


def _checked(rows: Sequence[Row], columns: Mapping[str, Column], party: Party) -> tuple[list[Row], list[str]]:
    faults = {row.place: fault for row in rows if (fault := row.fault(columns, party))}
    refused = [f"{row.label}: {faults[row.place]}" for row in rows if row.place in faults]
    return [row for row in rows if row.place not in faults], refused


def _sent(label: str, total: int, send: Callable[[Sent], Outcome], things: Sequence[Sent]) -> list[str]:
    refused: list[str] = []
    if not things:
        return refused
    with counted(label, total) as advance:
        done = 0
        for count, said in _at_once(send, things):
            refused += said
            advance(done := done + count)
    return refused


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
        body = {"profiles": [{"offer_kind": "solution", **row.body(OFFER)} for row in left]}
        try:
            matcher.post("/v1/profiles/batch", body, key=_key(body))
        except RowRefused as error:
            faults = _by_row(error.faults, left)
            refused += [f"{row.label}: {_told(faults[row.place], OFFER)}" for row in left if row.place in faults]
            left = [row for row in left if row.place not in faults]
        else:
            break
    return len(rows), refused


def _by_row(faults: Sequence[RowFault], rows: Sequence[Row]) -> dict[str, list[RowFault]]:
    """The faults of a batch by the place of their row, each with its path inside the row; one that names none concerns
    all."""
    found: dict[str, list[RowFault]] = defaultdict(list)
    for fault in faults:
        match fault.path:
            case ["profiles", at, *path] if at.isdigit() and int(at) < len(rows):
                found[rows[int(at)].place].append(RowFault(tuple(path), fault.detail))
            case _:
                for row in rows:
                    found[row.place].append(fault)
    return found


def _told(faults: Sequence[RowFault], columns: Mapping[str, Column]) -> str:
    parts = []
    for fault in faults:
        first, *rest = fault.path or ("the row",)
        parts.append(f"{'/'.join([named_here(first, columns), *rest])}: {fault.detail}")
    return "; ".join(parts)


def _send_demand(catalog: Door, row: Row) -> Outcome:
    said = row.body(DEMAND)
    need = {"need": said["title"]} if "need" not in said and "title" in said else {}
    body = {"kind": "scenario", **said, **need}
    try:
        demand = catalog.post("/v1/demands", body, key=_key(body))
        for step in ("submit", "publish"):
            catalog.post(f"/v1/demands/{demand['id']}/{step}", None, key=f"{step}-{demand['id']}")
    except RowRefused as error:
        return 1, [f"{row.label}: {_told(error.faults, DEMAND)}"]
    return 1, []


def _key(body: Body) -> str:
    """The same content has the same key, whenever it is sent."""
    return f"load-{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()}"
