"""What policies look like over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import Day, Deadline
from catalog.history.schemas import PublicReason
from common.contracts.words import PolicyState, PolicyType
from common.fields import Frozen, Line, Moment, OrganisationKey, SeenLine, SeenText, form

EXAMPLE: JsonDict = {
    "type": "subsidy",
    "title": "青岛市应用场景开放支持政策",
    "issuer": "青岛市示例部门",
    "document_number": "青示发〔2026〕1号",
    "source_url": "https://www.example.org/policies/2026-1",
    "summary": "对列入年度场景清单并通过应用验证的项目，按合同额的一定比例给予补贴。",
    "tracks": ["类脑智能"],
    "issued_on": "2026-01-19",
    "expires_at": "2099-12-31T16:00:00Z",
}
SOURCE = form(r"^https?://[^\s/]+\S*$", "give the http or https address where it is published", "请填写政策原文网址")


class PolicyContent(Frozen):
    """All that is said about a policy."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    type: PolicyType
    title: SeenLine
    issuer: SeenLine = Field(description="发文机关: the authority that issued it.")
    document_number: Line | None = Field(None, description="发文字号.")
    source_url: Annotated[str, SOURCE, Field(max_length=2000)] = Field(description="Where everyone reads its text.")
    summary: Annotated[SeenText, Field(max_length=4000)] | None = None
    tracks: tuple[Line, ...] = Field((), max_length=8, description="Tracks of this deployment that it is for.")
    issued_on: Day
    expires_at: Deadline | None = Field(None, description="It ends by itself at this moment.")


class PolicyExtension(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"expires_at": "2100-12-31T16:00:00Z", "reason": "政策延续两年"}]}
    )

    expires_at: Deadline | None = Field(description="null: in force until it is ended.")
    reason: PublicReason


class PolicyOut(Frozen):
    """A policy, as everyone reads it."""

    id: UUID
    version: int
    state: PolicyState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    type: PolicyType
    title: str
    issuer: str
    document_number: str | None
    source_url: str
    summary: str | None
    tracks: tuple[str, ...]
    issued_on: date
    expires_at: Moment | None
    created_at: Moment
    updated_at: Moment
