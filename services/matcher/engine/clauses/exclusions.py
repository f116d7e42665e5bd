"""Reads exclusions.toml, and finds what in a demand's text is no requirement on the offer.

A row has an `id`, a `pattern`, examples (`yes`), near misses (`no`) and a reason (`why`); rules and asides have a
`category` as well. A pattern is searched without regard to case; ^ and $ are the ends of the stretch.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "exclusions.toml"


class Excluded(StrEnum):
    """What a text speaks of instead of asking."""

    CONTACT = "CONTACT"
    TENDER = "TENDER"
    FUNDING = "FUNDING"
    PURCHASE = "PURCHASE"
    SCOPE = "SCOPE"
    HISTORY = "HISTORY"
    SLOGAN = "SLOGAN"


class Aside(StrEnum):
    """What stands beside a clause's figure: the time in which it counts, or the condition under which."""

    WINDOW = "WINDOW"
    CONDITION = "CONDITION"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A rule, an aside or a name; only asides give the text that is left beside each example."""

    id: str
    pattern: re.Pattern[str]
    yes: tuple[Any, ...]
    no: tuple[str, ...]
    why: str
    category: str = ""
    is_firm: bool = False


@cache
def rows(table: str) -> tuple[Exclusion, ...]:
    """The rows of `rule`, `aside` or `name`, in the order of the file. Raises KeyError for one that lacks a key."""
    written: list[dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))[table]
    return tuple(
        Exclusion(
            id=row.get("id", table),
            pattern=re.compile(row["pattern"], re.IGNORECASE),
            yes=tuple(row["yes"]),
            no=tuple(row["no"]),
            why=row["why"],
            category=row.get("category", ""),
            is_firm=row.get("firm", False),
        )
        for row in written
    )


def excluded(stretch: str, *, asks: bool) -> Excluded | None:
    """What a stretch between commas speaks of instead of asking, None for a requirement.

    asks  whether it insists, so that only firm rules hold of it
    """
    for row in rows("rule"):
        if (row.is_firm or not asks) and row.pattern.search(stretch):
            return Excluded(row.category)
    return None


def without(text: str, *asides: Aside) -> str:
    """The text with these asides blanked, as long as before."""
    for row in rows("aside"):
        if row.category in asides:
            text = row.pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def names_a_device(heading: str) -> bool:
    """Whether a heading before a colon says of what the clauses under it speak (云服务器), not what kind they are."""
    return not any(row.pattern.search(heading) for row in rows("name"))
