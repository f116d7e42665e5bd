"""What imports look like over HTTP."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json

from common.fields import Frozen, Language, Moment
from common.imports.models import Import
from common.imports.rules import ImportState, RowState, Wanted


class Commission(Frozen):
    """Which rows to make into drafts."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": "good"}]})

    rows: Wanted = Field(
        Wanted.ALL, description="`all`: only if no row has an error; `good`: those that have none, the others stay out."
    )


class SkippedOut(Frozen):
    first: str
    count: int


class SheetOut(Frozen):
    """What a table of the file was taken for."""

    name: str
    header_row: int | None = Field(description="Null when no header was found; then it was not read.")
    columns: dict[str, str] = Field(description="Each header that is known, and the field that it is.")
    unknown_columns: tuple[str, ...] = Field(description="Columns that were not read.")
    row_count: int
    skipped: dict[str, SkippedOut] = Field(description="Rows that are no entries, by reason.")


class RefusalOut(Frozen):
    detail: str


class ImportOut(Frozen):
    """A file, how far it is, and what was found in it. Only its organisation sees it."""

    id: UUID
    state: ImportState
    kind: str
    file_name: str | None
    format: str | None = Field(description=".xlsx, .xls, .csv or .docx, by what the file is.")
    digest: str = Field(description="SHA-256 of the file.")
    size_bytes: int
    row_total: int | None = Field(description="Rows of its tables at most; null until that is known.")
    row_count: int = Field(description="Entries read so far.")
    good_count: int
    warned_count: int
    bad_count: int
    same_count: int = Field(description="Entries that repeat another, or what is there already; never made twice.")
    committed_count: int
    is_repeated: bool = Field(False, description="Whether this very file was sent before: here is what became of it.")
    sheets: tuple[SheetOut, ...]
    refusal: RefusalOut | None = Field(
        description="Why the file cannot be read, or why a commit was given up; and what to do."
    )
    created_at: Moment
    updated_at: Moment


class CellOut(Frozen):
    """One cell as it was read. `from` is where its words stand when the cell itself is merged, empty or says 同上."""

    field: str
    place: str = Field(examples=["清单!B3"])
    text: str
    origin: str | None = Field(None, alias="from")
    source: Literal["merged", "above", "blank"] | None = None


class RemarkOut(Frozen):
    """An error keeps a row out, a warning asks somebody to look, a note tells what was done."""

    level: Literal["error", "warning", "note"]
    field: str | None
    place: str
    detail: str


class ImportRowOut(BaseModel):
    """One entry: what was read, from where, and the body that it would send."""

    number: int
    state: RowState
    place: str
    content: dict[str, Any] = Field(description="What is committed, as the API of the noun takes it.")
    cells: tuple[CellOut, ...]
    remarks: tuple[RemarkOut, ...]
    subject_id: UUID | None = Field(description="What it became, or what it repeats.")


def shown(found: Import, language: Language | None, *, is_repeated: bool = False) -> ImportOut:
    refusal = found.refusal and RefusalOut(detail=found.refusal["detail_zh" if language == "zh" else "detail"])
    counts = (found.good_count, found.warned_count, found.bad_count, found.same_count)
    names = ImportOut.model_fields.keys() - {"refusal", "row_count", "is_repeated", "sheets"}
    return ImportOut(
        **{name: getattr(found, name) for name in names},
        row_count=sum(counts),
        is_repeated=is_repeated,
        sheets=tuple(SheetOut.model_validate(sheet) for sheet in found.sheets),
        refusal=refusal,
    )


def row_shown(row: Mapping[str, Any], language: Language | None) -> ImportRowOut:
    """`content`, `cells` and `remarks` of the row are JSON text."""
    remarks = from_json(row["remarks"])
    for remark in remarks:
        chinese, english = remark.pop("detail_zh"), remark.pop("detail")
        remark["detail"] = chinese if language == "zh" else english
    parts = {"content": from_json(row["content"]), "cells": from_json(row["cells"]), "remarks": remarks}
    return ImportRowOut.model_validate({**row, **parts})
