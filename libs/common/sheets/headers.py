"""Finds the header of a table: which row it is, or which two, and what each column is about."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from common.sheets.cells import TableRow
from common.sheets.texts import compact, shown, without_number

WORDS = Path(__file__).parent / "words.toml"
SEARCHED_ROWS = 30
"""Titles, remarks and blank rows stand above a header; it is looked for among so many rows that are not empty."""
FEWEST_COLUMNS = 2
FIRST_COMPARED = 4
"""Columns of which a repeated header has one in place."""
LONGEST_NAME = 60
_OF_COLUMNS = {"field", "reads", "headers", "above", "key", "joins"}
_BRACKETS = str.maketrans({"【": "(", "】": ")", "[": "(", "]": ")", "〔": "(", "〕": ")", "（": "(", "）": ")"})


@dataclass(frozen=True, eq=False)
class KnownColumn:
    """What a column may be about, by a row of a service's columns file.

    field     what it is about; several columns may be about one
    reads     how its cells are read: line, text, names, money …
    is_filled_from_above  a blank means what the row above says: the firm that stands once before several rows
    is_key    it names the entry: rows that share the cell, merged, are one entry
    joins     it may be said in several rows of one entry
    options   what `reads` needs beside the cell
    becomes   the member of the body, where that is called otherwise
    """

    field: str
    reads: str
    headers: tuple[str, ...]
    is_filled_from_above: bool = False
    is_key: bool = False
    joins: bool = False
    options: Mapping[str, Any] | None = None

    @cached_property
    def becomes(self) -> str:
        return str(self.option("becomes", self.field))

    def option(self, name: str, otherwise: Any = None) -> Any:
        return (self.options or {}).get(name, otherwise)


class Heading(NamedTuple):
    """A column of one table. `unit` is what its header has in brackets: 预算（万元）; `text` the header itself."""

    column: KnownColumn | None
    text: str
    unit: str | None = None


class Header(NamedTuple):
    """The header of a table: its last row, and its columns by index."""

    last_row: int
    headings: Mapping[int, Heading]

    @property
    def fields(self) -> set[str]:
        return {heading.column.field for heading in self.headings.values() if heading.column}


class Columns:
    """The columns that a noun knows, with all names that headers give them."""

    def __init__(self, columns: Sequence[KnownColumn]) -> None:
        self.columns = columns
        self._by_name = {_plain(name): column for column in columns for name in (*column.headers, column.field)}

    @classmethod
    def of(cls, path: Path) -> "Columns":
        """The columns of a file such as catalog/imports/columns.toml."""
        rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["column"]
        return cls([_column(row) for row in rows])

    def heading(self, text: str, above: str = "") -> Heading:
        """What a header cell means, `above` being what stands over it in a header of two rows."""
        for name in filter(None, (text, above + text if above != text else "", above)):
            if found := self._named(name):
                return found if found.unit else found._replace(unit=_parted(above)[1])
        return Heading(None, text or above)

    def _named(self, text: str) -> Heading | None:
        if len(text) > LONGEST_NAME:
            return None
        base, note = _parted(text)
        for name in (_plain(text), base, *(_plain(part) for part in text.replace("／", "/").split("/"))):
            if name in self._by_name:
                return Heading(self._by_name[name], text, note)
        return None

    def find(self, rows: Sequence[TableRow]) -> Header | None:
        """The header among the first rows of a table that are not empty: of all, the one with most known columns, the
        first of equals. None when no row names two."""
        best: Header | None = None
        for at, row in enumerate(rows[:SEARCHED_ROWS]):
            header = self._header(row, rows[at + 1] if at + 1 < len(rows) else None)
            if len(header.fields) >= FEWEST_COLUMNS and (best is None or len(header.fields) > len(best.fields)):
                best = header
        return best

    def _header(self, row: TableRow, below: TableRow | None) -> Header:
        single = Header(row.number, {at: self.heading(text) for at, text in enumerate(_texts(row)) if text})
        if below is None or below.number != row.number + 1:
            return single
        lower = _texts(below)
        upper = _carried(_texts(row), lower)
        both = {
            at: self.heading(text, above)
            for at, (above, text) in enumerate(zip(upper, _as_long(lower, upper), strict=True))
            if text or above
        }
        known = sum(
            both[at].column is not None and self._is_lower(upper[at], text) for at, text in enumerate(lower) if text
        )
        is_header = known >= FEWEST_COLUMNS and known * 2 >= sum(map(bool, lower))
        return Header(below.number, both) if is_header else single

    def _is_lower(self, above: str, text: str) -> bool:
        """Whether a cell below a header's row is part of the header itself: it names a column, alone or with the one
        above."""
        return self._named(text) is not None or self._named(above + text) is not None

    def is_header(self, row: TableRow, header: Header) -> bool:
        """Whether a row repeats the header, as on each page of a printed table."""
        if not any(_says(row, at, header) for at in islice(header.headings, FIRST_COMPARED)):
            return False
        texts = _texts(row)
        same = sum(
            text == _cell(header.headings[at].text) for at, text in enumerate(texts) if at in header.headings and text
        )
        return same >= FEWEST_COLUMNS and same * 2 > sum(map(bool, texts))


def _column(row: dict[str, Any]) -> KnownColumn:
    above, key, joins = (row.get(name, False) for name in ("above", "key", "joins"))
    options = {name: value for name, value in row.items() if name not in _OF_COLUMNS}
    return KnownColumn(row["field"], row["reads"], tuple(row["headers"]), above, key, joins, options)


def _texts(row: TableRow) -> list[str]:
    return [_cell(shown(value)) for value in row.values]


def _cell(text: str) -> str:
    return "".join(text.split())


def _says(row: TableRow, at: int, header: Header) -> bool:
    value, text = row.values[at] if at < len(row.values) else None, header.headings[at].text
    # Most cells differ in their first character already.
    return isinstance(value, str) and value.lstrip()[:1] == text[:1] and _cell(value) == text


def _as_long(texts: list[str], other: list[str]) -> list[str]:
    return texts + [""] * (len(other) - len(texts))


def _carried(upper: list[str], lower: list[str]) -> list[str]:
    """The upper row of a header, each name carried on over blanks that have one below: merges that .csv has lost."""
    carried, last = list[str](), ""
    for at in range(max(len(upper), len(lower))):
        above = upper[at] if at < len(upper) else ""
        last = above or (last if at < len(lower) and lower[at] else "")
        carried.append(last)
    return carried


@cache
def words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return found


def _parted(text: str) -> tuple[str, str | None]:
    """A header's name, and what it has in brackets, if that is more than a filler."""
    plain = without_number(compact(text.translate(_BRACKETS)))
    name, opened, rest = plain.partition("(")
    note = rest.partition(")")[0] if opened else None
    if not opened and "/" in name:
        # 预算/万元
        name, _, note = name.partition("/")
    return _plain(name), None if note in words()["fillers"] else note


def _plain(name: str) -> str:
    """A header's name without what does not tell it from others: blanks, marks, numbers before it, 必填."""
    plain = without_number(compact(name.translate(_BRACKETS)))
    for filler in words()["fillers"]:
        plain = plain.replace(f"({filler})", "").replace("*", "")
    return "".join(character for character in plain if character.isalnum() or character in "()/_")
