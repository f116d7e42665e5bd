"""What the files of a folder may say, line by line, and how a line becomes the body of a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from matcher import json_lines
from matcher.json_lines import Object as Body


class CannotLoad(json_lines.BadFile):
    """One line that says what is wrong with the folder, an address or a token."""


class Column(NamedTuple):
    """What a field of a row means, and the field of the request it becomes: itself unless named, none when empty."""

    meaning: str
    becomes: str | None = None


_OWNER = "whose row this is, as scheme:code or code; refused unless it is who the token speaks for"
_TRACKS = 'future-industry tracks, a list such as ["空天信息"]'
_DIVISION = "six digits of GB/T 2260, such as 370211"

OFFER: Mapping[str, Column] = {
    "id": Column("names the row in messages", ""),
    "title": Column("required: what is offered, in one line", "headline"),
    "text": Column("the same at length", "summary"),
    "offer_kind": Column("solution (when left out), research, capital or pilot_service"),
    "items": Column('what can be done, each {"title", "text", "trl"}'),
    "cases": Column('where it was done, each {"title", "text", "year"}'),
    "products": Column('each {"name", "text"}'),
    "tracks": Column(_TRACKS),
    "language": Column("zh or en; found out from the text when left out"),
    "division": Column(_DIVISION),
    "visibility": Column("who may read it: public (when left out), parties or hidden"),
    "ownership": Column("for the public report of exposure alone: state_owned, private, foreign, …"),
    "size_class": Column("likewise: large, medium, small or micro"),
    "organisation": Column(_OWNER, ""),
}
DEMAND: Mapping[str, Column] = {
    "id": Column("names the row in messages", ""),
    "title": Column("required: what is wanted, in one line"),
    "text": Column("the need at length; the title when left out", "need"),
    "kind": Column("scenario (when left out), challenge, financing or pilot"),
    "clauses": Column('each {"kind", "text", "is_hard", "metric", "operator", "value", "upper", "unit"}'),
    "domain": Column("智慧港口 or port, … as in catalog's API"),
    "tracks": Column(_TRACKS),
    "division": Column(_DIVISION),
    "locality": Column('{"divisions", "justification"}'),
    "budget_min_fen": Column("whole number"),
    "budget_max_fen": Column("whole number"),
    "currency": Column("CNY when left out"),
    "opens_at": Column("ISO 8601 with zone"),
    "closes_at": Column("ISO 8601 with zone"),
    "procurement_route": Column("公开招标 or public_tender, … as in catalog's API"),
    "docking": Column("how to get in touch"),
    "policies": Column("policies that support it, a list"),
    "policy_ids": Column("ids of policies of catalog that are in force, a list"),
    "contact": Column('{"name", "phone", "email"}; only the owner sees it'),
    "owner": Column(_OWNER, ""),
}


@dataclass(frozen=True)
class Party:
    """Who a token speaks for; without a code when the token does not say."""

    scheme: str = ""
    code: str = ""
    name: str = "the token's organisation"

    def __str__(self) -> str:
        return f"{self.name} ({self.scheme}:{self.code})" if self.code else self.name

    @property
    def names(self) -> tuple[str, ...]:
        return (self.code, f"{self.scheme}:{self.code}") if self.code else ()


@dataclass(frozen=True)
class Row:
    """One line of a file; `place` is file and line."""

    place: str
    said: Body

    @property
    def label(self) -> str:
        return f"{self.place} ({self.said['id']})" if self.said.get("id") else self.place

    def fault(self, columns: Mapping[str, Column], party: Party) -> str | None:
        """What nobody need be asked to know that it is wrong."""
        unknown = [name for name in self.said if name not in columns]
        if unknown:
            return f"there is no field {', '.join(unknown)}; there are {', '.join(columns)}"
        for name in {"organisation", "owner"} & self.said.keys():
            if self.said[name] is not None and self.said[name] not in party.names:
                return f"{name} is {self.said[name]}, but the token speaks for {party}; load it with its own token"
        return None

    def body(self, columns: Mapping[str, Column]) -> Body:
        """The request's fields: what the row says, under their names there; null says nothing."""
        named = ((columns[name], name, value) for name, value in self.said.items() if value is not None)
        return {
            name if column.becomes is None else column.becomes: value
            for column, name, value in named
            if column.becomes != ""
        }


def named_here(field: str, columns: Mapping[str, Column]) -> str:
    """A field of the request as its row calls it."""
    return next((name for name, column in columns.items() if column.becomes == field), field)


def explained(columns: Mapping[str, Column]) -> str:
    """One line for each field, for the help."""
    width = max(map(len, columns))
    return "\n".join(f"  {name:{width}}  {column.meaning}" for name, column in columns.items())


def read(folder: Path, stem: str) -> Sequence[Row]:
    """The rows of `<stem>.jsonl`, none when there is no such file. Raises BadFile at the first line that is none."""
    path = folder / f"{stem}.jsonl"
    if not path.exists():
        return []
    return [Row(Path(where).name, said) for where, said in json_lines.objects(path)]


def refuse_without_files(folder: Path) -> None:
    """Raises CannotLoad when the folder has nothing to load, saying what there is instead."""
    if folder.is_file():
        raise CannotLoad(f"{folder} is a file; name the folder that holds offers.jsonl or demands.jsonl")
    if not any((folder / name).exists() for name in ("offers.jsonl", "demands.jsonl")):
        tables = sorted(path.name for path in folder.glob("*.csv"))
        instead = f"; {', '.join(tables)} is CSV, which is not read" if tables else ""
        raise CannotLoad(f"{folder} holds neither offers.jsonl nor demands.jsonl{instead}: {json_lines.HOW}")
