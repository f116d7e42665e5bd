"""What the feed of public changes looks like over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from common.contracts.catalog import FieldChange
from common.fields import Frozen, Moment
from common.rawjson import json_object


class ChangeOut(Frozen):
    """One public step of something. `snapshot` is what everyone could read of it then."""

    noun: str = Field(examples=["demand"])
    id: UUID
    version: int
    change: str = Field(examples=["published"])
    reason: str | None
    changed_at: Moment
    changes: tuple[FieldChange, ...] | None = Field(description="What an amendment made different.")
    snapshot: dict[str, JsonValue]


class FeedOut(BaseModel):
    """Changes after the place asked for. `cursor` is the place of the last of them: ask for what comes after it, now or
    in a year. It is null only when there has been no change yet."""

    items: list[ChangeOut]
    cursor: str | None


def change_json(row: Mapping[str, Any]) -> bytes:
    """A ChangeOut as JSON. `snapshot` and `changes` of the row are JSON text."""
    view = {name: row[name] for name in ("noun", "version", "change", "reason", "changed_at")}
    return json_object({**view, "id": row["subject_id"]}, changes=row["changes"] or "null", snapshot=row["snapshot"])
