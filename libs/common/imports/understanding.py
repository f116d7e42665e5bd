"""What a row of a table comes to: the body of a request, the cell behind each field, and what is to be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from common.canonical import digest_of
from common.errors import FieldFault
from common.sheets.cells import CellPlace
from common.sheets.records import Read
from common.wording import worded

Body = dict[str, Any]


def checked(schema: type[BaseModel], body: Body) -> BaseModel | Sequence[FieldFault]:
    """What a body says by its schema, or what the schema says against it."""
    try:
        return schema.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    return [FieldFault(*worded(dict(each)), pointer="#/" + "/".join(map(str, each["loc"]))) for each in found]


@cache
def schema_digest(schema: type[BaseModel]) -> str:
    """What tells bodies that were checked by this schema from those that another release checked by its own."""
    return digest_of(to_json(schema.model_json_schema()))


class RemarkLevel(StrEnum):
    """An error keeps a row out; a warning asks somebody to look; a note tells what was done."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say of a row, in two languages. `place` is the cell, or the row when no cell is at fault."""

    level: RemarkLevel
    field: str | None
    place: str
    detail: str
    detail_zh: str

    def as_json(self) -> Body:
        return {
            "level": self.level.value,
            "field": self.field,
            "place": self.place,
            "detail": self.detail,
            "detail_zh": self.detail_zh,
        }


@dataclass(slots=True)
class Understood:
    """A row while it is read.

    body     what the row would send to the API
    reads    of each field the cell that tells it
    kept     label and words of what no field takes, for the text
    contact  what was found of the person to call; private
    """

    place: CellPlace
    body: Body = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    reads: dict[str, Read] = field(default_factory=dict)
    kept: list[tuple[str, str]] = field(default_factory=list)
    contact: dict[str, str] = field(default_factory=dict)

    def say(self, level: RemarkLevel, read: Read, detail: str, detail_zh: str) -> None:
        column = read.heading.column
        self.remarks.append(Remark(level, column.field if column else None, read.where, detail, detail_zh))

    def put(self, name: str, value: Any, read: Read) -> None:
        """Set a field of the body, told by this cell."""
        self.body[name] = value
        self.reads.setdefault(name, read)

    def extend(self, name: str, values: Sequence[Any], read: Read) -> None:
        self.body.setdefault(name, []).extend(values)
        self.reads.setdefault(name, read)

    def refuse(self, faults: Sequence[FieldFault]) -> None:
        """What a rule says against the body, said of the cells that it came from."""
        for fault in faults:
            name = (fault.pointer or "#").removeprefix("#/").partition("/")[0] or None
            read = self.reads.get(name or "")
            place = read.where if read else str(self.place)
            self.remarks.append(Remark(RemarkLevel.ERROR, name, place, fault.detail, fault.detail_zh))

    @property
    def is_good(self) -> bool:
        return all(remark.level is not RemarkLevel.ERROR for remark in self.remarks)
