"""Reads a folder of judged demands and offers."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from common.fields import Language
from matcher import json_lines
from matcher.engine.clauses import split
from matcher.engine.ranking.calibration import GRADES, Ints
from matcher.engine.words.language import language_of
from matcher.json_lines import BadFile

DEMANDS, OFFERS, JUDGEMENTS = "demands.jsonl", "offers.jsonl", "judgements.tsv"
_HEADER = ["demand_id", "offer_id", "grade"]


@dataclass(frozen=True)
class FolderDemand:
    id: str
    title: str
    text: str
    clauses: tuple[str, ...]
    language: Language


@dataclass(frozen=True)
class FolderOffer:
    """`items` are capability items as the matcher embeds them, a title and its text on two lines."""

    id: str
    title: str
    text: str
    items: tuple[str, ...]
    language: Language


@dataclass(frozen=True)
class Judged:
    """A folder's content.

    demand_of, offer_of, grades  (n,) of each judged pair: places in `demands` and `offers`, and 0 … 3
    digest                       SHA-256 of the three files
    """

    demands: Sequence[FolderDemand]
    offers: Sequence[FolderOffer]
    demand_of: Ints
    offer_of: Ints
    grades: Ints
    digest: str

    @property
    def demand_count(self) -> int:
        return len(self.demands)


def read(folder: Path) -> Judged:
    """Raises BadFile at the first fault. Fields that this code does not know are ignored."""
    demands = [_demand(where, row) for where, row in json_lines.objects(folder / DEMANDS)]
    offers = [_offer(where, row) for where, row in json_lines.objects(folder / OFFERS)]
    demand_at = _places(folder / DEMANDS, [demand.id for demand in demands])
    offer_at = _places(folder / OFFERS, [offer.id for offer in offers])
    pairs = np.array(list(_pairs(folder / JUDGEMENTS, demand_at, offer_at)), dtype=np.int64).reshape(-1, 3)
    if not len(pairs):
        raise BadFile(f"{folder / JUDGEMENTS}: no pair is judged")
    digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in (DEMANDS, OFFERS, JUDGEMENTS)))
    return Judged(demands, offers, pairs[:, 0], pairs[:, 1], pairs[:, 2], digest.hexdigest())


def _demand(where: str, row: dict[str, Any]) -> FolderDemand:
    title, text = _string(where, row, "title"), _string(where, row, "text", otherwise="")
    asked = tuple(_string(where, clause, "text") for clause in _objects(where, row, "clauses"))
    asked = asked or tuple(found.clause.text for found in split.split(text))
    return FolderDemand(_string(where, row, "id"), title, text, asked, _language(where, row, (title, text)))


def _offer(where: str, row: dict[str, Any]) -> FolderOffer:
    title, text = _string(where, row, "title"), _string(where, row, "text", otherwise="")
    items = tuple(
        "\n".join(filter(None, (_string(where, item, "title"), _string(where, item, "text", otherwise=""))))
        for item in _objects(where, row, "items")
    )
    return FolderOffer(_string(where, row, "id"), title, text, items, _language(where, row, (title, text, *items)))


def _pairs(path: Path, demands: dict[str, int], offers: dict[str, int]) -> Iterator[tuple[int, int, int]]:
    seen: set[tuple[int, int]] = set()
    for number, (where, line) in enumerate(json_lines.lines(path)):
        cells = line.split("\t")
        if number == 0:
            if cells != _HEADER:
                raise BadFile(f"{where}: the first line must be {' <tab> '.join(_HEADER)}")
            continue
        if len(cells) != len(_HEADER):
            raise BadFile(f"{where}: expected {len(_HEADER)} cells set apart by tabs, found {len(cells)}")
        pair = _known(where, demands, cells[0], DEMANDS), _known(where, offers, cells[1], OFFERS)
        if pair in seen:
            raise BadFile(f"{where}: this pair is judged twice")
        seen.add(pair)
        yield *pair, _grade(where, cells[2])


def _places(path: Path, ids: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, id_ in enumerate(ids):
        if id_ in places:
            raise BadFile(f"{path}: the id {id_!r} occurs twice")
        places[id_] = place
    return places


def _known(where: str, places: dict[str, int], id_: str, name: str) -> int:
    if id_ not in places:
        raise BadFile(f"{where}: {name} has no {id_!r}")
    return places[id_]


def _grade(where: str, cell: str) -> int:
    if cell not in {str(grade) for grade in range(GRADES + 1)}:
        raise BadFile(f"{where}: the grade must be 0 to {GRADES}, not {cell!r}")
    return int(cell)


def _string(where: str, row: dict[str, Any], name: str, *, otherwise: str | None = None) -> str:
    value = row.get(name, otherwise)
    if not isinstance(value, str) or (otherwise is None and not value.strip()):
        raise BadFile(f"{where}: {name!r} must be a text" + (" that is not empty" if otherwise is None else ""))
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise BadFile(f"{where}: {name!r} holds half a character")
    return value


def _objects(where: str, row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = row.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadFile(f"{where}: {name!r} must be a list of objects")
    return value


def _language(where: str, row: dict[str, Any], texts: Sequence[str]) -> Language:
    language = row.get("language") or language_of(texts)
    if language not in get_args(Language):
        raise BadFile(f"{where}: 'language' must be one of {', '.join(get_args(Language))}")
    return cast(Language, language)
