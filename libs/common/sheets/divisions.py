"""Names of places as GB/T 2260 codes, by the rows of divisions.tsv; any six digits are a code already."""

import re
from functools import cache, lru_cache
from pathlib import Path

from common.sheets.texts import compact

FILE = Path(__file__).parent / "divisions.tsv"
_CODE = re.compile(r"(?<!\d)[1-9]\d{5}(?!\d)")


@cache
def codes() -> dict[str, str]:
    """The code of each name, as `compact` writes it."""
    rows = [row.split("\t") for row in FILE.read_text(encoding="utf-8").splitlines()[1:]]
    return {compact(name): code for code, name, also in rows for name in (name, *also.split())}


@lru_cache(4096)
def code_of(text: str) -> str | None:
    """The code of a place: six digits, or a name with what it lies in before it (山东省青岛市黄岛区). None for a place
    that the table does not know, and for several places."""
    said = compact(text)
    found = _CODE.findall(said)
    if found:
        return str(found[0]) if len(set(found)) == 1 else None
    if code := codes().get(said):
        return code
    for name, code in sorted(codes().items(), key=lambda row: -len(row[0])):
        if said.endswith(name) and code_of(said[: -len(name)]):
            return code
    return None


@cache
def _names() -> dict[str, str]:
    rows = [row.split("\t") for row in FILE.read_text(encoding="utf-8").splitlines()[1:]]
    return {code: name for code, name, _ in rows}


def name_of(code: str) -> str:
    """What `code_of` reads as this code: the place's name, or the code itself where the table has no name for it."""
    return _names().get(code, code)
