"""Rows as a CSV table that spreadsheets open, for whoever asks for that in Accept."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import BaseModel

CSV = "text/csv"
_RISKY = ("=", "+", "-", "@", "\t", "\r")
ALSO_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}
"""For the document of a route that also answers with a table."""
AcceptDep = Annotated[str | None, Header(alias="Accept", description="`text/csv` for a table that spreadsheets open.")]


def as_asked(accept: str | None, name: str, model: type[BaseModel], rows: Sequence[BaseModel]) -> Response | None:
    """The rows as CSV where the reader asked for that.

    name  of the file, without its ending
    """
    if CSV not in (accept or ""):
        return None
    table = csv_table(list(model.model_fields), (row.model_dump(mode="json") for row in rows))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Vary": "Accept"}
    return Response(table, media_type=f"{CSV}; charset=utf-8", headers=headers)


def csv_table(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """RFC 4180, with a byte order mark, which spreadsheets need to read Chinese. What they would take for a formula
    begins with an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
    return "\ufeff" + written.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value
