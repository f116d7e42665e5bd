"""What demands look like over HTTP."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.demands.models import Change, ProcurementRoute
from catalog.fields import CURRENCY, Deadline, Fen
from catalog.history.schemas import Comment, PublicReason, PublicStep
from common.contracts.catalog import FieldChange
from common.contracts.clauses import Clause, Locality
from common.contracts.contacts import Contact
from common.contracts.words import DemandKind, DemandState, Domain, PolicyState
from common.fields import (
    Division,
    Frozen,
    Line,
    Moment,
    OrganisationKey,
    SeenLine,
    SeenText,
    Text,
)
from common.rawjson import json_object

EXAMPLE: JsonDict = {
    "kind": "scenario",
    "title": "前湾港区闸口集装箱箱体残损智能识别",
    "need": "港区进出闸口的箱体破洞、凹陷和锈蚀仍靠人工目视登记，夜间和雨雾天漏判较多。"
    "需在不停车通过的条件下自动识别残损，标出位置、类型和尺寸，结果写入闸口系统，供堆场和船公司查看。",
    "clauses": [
        {"kind": "function", "text": "识别五个箱面的破洞、凹陷、锈蚀、门杆变形并标注位置", "is_hard": True},
        {
            "kind": "performance",
            "text": "残损识别准确率不低于96%",
            "is_hard": True,
            "metric": "残损识别准确率",
            "operator": "ge",
            "value": 96,
            "unit": "%",
        },
        {"kind": "delivery", "text": "合同签订后120天内完成六个闸口部署", "is_hard": False},
    ],
    "domain": "智慧港口",
    "tracks": ["类脑智能"],
    "division": "370211",
    "budget_min_fen": 180000000,
    "budget_max_fen": 320000000,
    "closes_at": "2099-12-31T16:00:00Z",
    "procurement_route": "合作创新采购",
    "docking": "线上提交方案，现场勘察后安排三个月试运行",
    "policies": ["青岛市应用场景开放支持政策"],
    "contact": {"name": "示例联系人", "phone": "0532-00000000"},
}
AMENDMENT_EXAMPLE: JsonDict = {"closes_at": "2100-01-31T16:00:00Z", "reason": "应多家企业要求延长应答时间"}


class DemandContent(Frozen):
    """All that its owner says about a demand."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: DemandKind
    title: SeenLine
    need: SeenText = Field(description="What is to be solved, in the owner's words.")
    clauses: tuple[Clause, ...] = Field((), max_length=100)
    domain: Domain = Domain.OTHER
    tracks: tuple[Line, ...] = Field(
        (), max_length=8, description="Future-industry tracks of this deployment, in Chinese or English."
    )
    division: Division | None = Field(None, description="Where it is to be used, GB/T 2260.")
    locality: Locality | None = Field(None, description="Limits matching to firms of some places, with the reason.")
    budget_min_fen: Fen | None = None
    budget_max_fen: Fen | None = None
    currency: Annotated[str, CURRENCY] = "CNY"
    opens_at: Deadline | None = Field(None, description="From when answers are taken.")
    closes_at: Deadline | None = Field(None, description="A published demand is closed at this moment.")
    procurement_route: ProcurementRoute | None = None
    docking: Annotated[Text, Field(max_length=2000)] | None = Field(None, description="对接方式: how to get in touch.")
    policies: tuple[Line, ...] = Field((), max_length=20, description="支持政策: policies that support it.")
    policy_ids: tuple[UUID, ...] = Field(
        (), max_length=20, description="Those of them that are on record here; in force when it is published."
    )
    contact: Contact | None = None


class Amendment(DemandContent):
    """What changes in a published demand, and why. What is left out stays; `null` or an empty list empties a field."""

    model_config = ConfigDict(json_schema_extra={"examples": [AMENDMENT_EXAMPLE]})

    # A demand has these already. The defaults are never read: only what is given counts.
    kind: DemandKind = Field(default_factory=lambda: DemandKind.SCENARIO)
    title: SeenLine = Field(default_factory=str)
    need: SeenText = Field(default_factory=str)
    reason: PublicReason


class EditsRequest(Frozen):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"comments": [{"field": "#/clauses/0/value", "comment": "请说明测量条件"}]}]}
    )

    comments: tuple[Comment, ...] = Field(min_length=1, max_length=100)
    reason: Annotated[Text, Field(max_length=2000)] | None = None


class Merger(PublicStep):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"into": "01890a5d-ac96-774b-bcce-b302099a8057", "reason": "与该需求重复，合并征集"}]
        }
    )

    into: UUID = Field(description="The public demand that stands for this one from now on.")


class LinkedPolicy(Frozen):
    """A policy that a demand names."""

    id: UUID
    title: str
    source_url: str
    state: PolicyState = Field(description="When the demand was published or last amended.")


class DemandOut(Frozen):
    """A demand as everyone may see it."""

    id: UUID
    version: int
    state: DemandState
    owner: OrganisationKey
    owner_name: str
    kind: DemandKind
    title: str
    need: str
    clauses: tuple[Clause, ...]
    domain: Domain
    tracks: tuple[str, ...]
    division: str | None
    locality: Locality | None
    budget_min_fen: int | None
    budget_max_fen: int | None
    currency: str
    opens_at: Moment | None
    closes_at: Moment | None
    procurement_route: ProcurementRoute | None
    docking: str | None
    policies: tuple[str, ...]
    policy_ids: tuple[UUID, ...] = ()
    linked_policies: tuple[LinkedPolicy, ...] = ()
    published_at: Moment | None
    amendment_reason: str | None
    withdrawal_reason: str | None
    state_reason: str | None = None
    merged_into: UUID | None = None
    created_at: Moment
    updated_at: Moment


class OwnDemandOut(DemandOut):
    """A demand as its owner sees it; a reviewer gets the same without the contact."""

    contact: Contact | None
    review_comments: tuple[Comment, ...] | None = Field(None, description="What the last review would have changed.")
    copied_from: UUID | None = Field(None, description="The demand that this one began as a copy of.")


class RepeatedOut(OwnDemandOut):
    """A demand as its owner sees it, with the one it repeats."""

    same_as: UUID | None = Field(
        description="An earlier demand of yours that is not over and says the same in title, need and clauses."
    )


class DraftedOut(RepeatedOut):
    review: str = Field(
        description="Send the draft there, as it was sent here, to have the matcher read it back: clauses to confirm, "
        "how tailored it is, what it repeats."
    )


class VersionOut(Frozen):
    """One public step of a demand. `demand` is kept as it was then; fields introduced later may be absent."""

    version: int
    change: Change
    reason: str | None
    changed_at: Moment
    changes: tuple[FieldChange, ...] | None = Field(description="What an amendment made different.")
    demand: DemandOut


PRIVATE = ("contact", "review_comments", "copied_from", "written_by", "submitted_by")
"""Columns that are in no public reply."""


class Shown(StrEnum):
    """To whom a demand is shown."""

    EVERYONE = "everyone"
    REVIEWER = "reviewer"
    OWNER = "owner"


def demand_json(row: Mapping[str, Any], shown: Shown = Shown.EVERYONE) -> bytes:
    """A DemandOut, or an OwnDemandOut, as JSON. `clauses`, `locality`, links and the private columns of the row are as
    stored, JSON as text."""
    view = {name: value for name, value in row.items() if name not in PRIVATE}
    view["owner"] = {"scheme": view.pop("owner_scheme"), "code": view.pop("owner_code")}
    ready = {name: view.pop(name) for name in ("clauses", "linked_policies")}
    ready["locality"] = view.pop("locality") or "null"
    if shown is Shown.EVERYONE:
        return json_object(view, **ready)
    contact = row["contact"] if shown is Shown.OWNER else None
    view["copied_from"] = row["copied_from"]
    return json_object(view, **ready, contact=contact or "null", review_comments=row["review_comments"] or "null")


def version_json(row: Mapping[str, Any]) -> bytes:
    """A VersionOut as JSON. `snapshot` and `changes` of the row are JSON text."""
    view = {name: row[name] for name in ("version", "change", "reason", "changed_at")}
    return json_object(view, changes=row["changes"] or "null", demand=row["snapshot"])
