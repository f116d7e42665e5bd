"""What steps, and the feed of public changes, look like over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from common.contracts.catalog import FieldChange
from common.fields import Frozen, Moment, OrganisationKey, SeenText, form
from common.rawjson import json_object

PublicReason = Annotated[SeenText, Field(max_length=2000, description="For everyone who may see what it is about.")]


class PublicStep(Frozen):
    """Why a step is taken, for everyone who may see what it is about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "三家方案均未达到定位精度要求"}]})

    reason: PublicReason


class StepNote(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "项目计划调整，本年度不再实施"}]})

    reason: PublicReason | None = None


class Comment(Frozen):
    """What a reviewer would have changed in one field."""

    field: Annotated[
        str,
        form(
            r"^#/[a-z_]+(/[0-9]{1,3}(/[a-z_]+)?)?$",
            "give a JSON Pointer to a field of the demand, such as #/clauses/2/value",
            "请填写需求字段的 JSON Pointer，例如 #/clauses/2/value",
        ),
    ]
    comment: Annotated[SeenText, Field(max_length=2000)]


class AuditOut(Frozen):
    """One step: who took it, when, from which state to which, and why. Without an actor it was the clock."""

    version: int
    action: str
    before: str | None
    after: str
    party: str = Field(description="As what the actor took it.", examples=["owner"])
    actor: OrganisationKey | None
    actor_name: str | None
    actor_subject: str | None = Field(description="The person or program, as the token names it.")
    reason: str | None
    details: tuple[dict[str, JsonValue], ...] | None = Field(
        description="What else is kept of it: a reviewer's comments, the points of a score."
    )
    at: Moment


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


def audit_json(row: Mapping[str, Any]) -> bytes:
    """An AuditOut as JSON. `details` of the row is JSON text."""
    view = {name: row[name] for name in AuditOut.model_fields if name not in ("actor", "details")}
    is_clock = row["actor_code"] is None
    view["actor"] = None if is_clock else {"scheme": row["actor_scheme"], "code": row["actor_code"]}
    return json_object(view, details=row["details"] or "null")
