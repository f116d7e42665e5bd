"""Reads `own_data.tsv`, which a service has beside its code: whose rows of its tables are, and what erasure does."""

from dataclasses import dataclass
from pathlib import Path

from common.fields import OrganisationKey

FILE = "own_data.tsv"
NOBODY, STAYS, ROW = "-", "-", "row"
ALL_BUT, NONE = "all but ", "none"
_WHOSE = {
    prefix: f"{prefix}_scheme = :scheme AND {prefix}_code = :code"
    for prefix in ("owner", "organisation", "actor", "giver", "objector", "reader")
}


@dataclass(frozen=True)
class OwnTable:
    """A row of the table.

    whose      an SQL condition with :scheme, :code and :caller, the beginning of the names of its callers; empty: no
               row is an organisation's alone
    is_shown   whether its rows are in what the organisation is given, and
    left_out   which of their columns are not
    erased     what erasure sets, as SQL; `row`: it deletes the rows; empty: they stay
    """

    name: str
    whose: str
    is_shown: bool
    left_out: tuple[str, ...]
    erased: str


def own_tables(service: Path) -> list[OwnTable]:
    """In the order of the file, which is that of erasure."""
    lines = (service / FILE).read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [_own_table(*row) for row in cells[1:]]


def _own_table(name: str, whose: str, shown: str, erased: str) -> OwnTable:
    condition = "" if whose == NOBODY else _WHOSE.get(whose, whose)
    left_out = tuple(shown.removeprefix(ALL_BUT).split(",")) if shown.startswith(ALL_BUT) else ()
    return OwnTable(name, condition, shown != NONE, left_out, "" if erased == STAYS else erased)


def parameters(organisation: OrganisationKey) -> dict[str, str]:
    """Of a condition; which of them it names, `repository` finds out."""
    caller = f"{organisation.scheme}:{organisation.code}:"
    return {"scheme": organisation.scheme, "code": organisation.code, "caller": caller}
