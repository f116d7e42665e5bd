"""What solutions look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from catalog.fields import CURRENCY, Fen
from common.contracts.words import DeclineCode, SolutionState
from common.fields import Frozen, Language, Moment, OrganisationKey, SeenLine, SeenText, Trl, Whole

EXAMPLE: JsonDict = {
    "title": "闸口箱体残损识别一体机",
    "summary": "五面相机阵列与边缘推理，不停车识别破洞、凹陷和锈蚀，结果写入闸口系统。",
    "responses": [
        {
            "clause": 0,
            "answer": "五个箱面均可识别并标注位置",
            "evidence": [{"title": "第三方检测报告", "reference": "QD-JC-2026-0117"}],
        },
        {
            "clause": 1,
            "answer": "现场准确率 96.8%",
            "evidence": [{"title": "某港区运行记录", "reference": "2026 年 1 月至 6 月"}],
        },
    ],
    "trl": 8,
    "members": [
        {"organisation": {"scheme": "uscc", "code": "91370200264574251E"}, "name": "示例集成商", "role": "系统集成"}
    ],
    "language": "zh",
    "price_fen": 128000000,
}


class ClauseEvidence(Frozen):
    """Something that shows it: a report, certificate, contract, record."""

    title: SeenLine
    reference: SeenLine = Field(description="Its number, place or address.")


class ClauseResponse(Frozen):
    """The answer to one clause of the solicitation. A hard clause needs evidence."""

    clause: Annotated[Whole, Field(ge=0, le=99)] = Field(description="The clause's place in the solicitation, from 0.")
    answer: Annotated[SeenText, Field(max_length=2000)]
    evidence: tuple[ClauseEvidence, ...] = Field((), max_length=10)


class ConsortiumMember(Frozen):
    """Another organisation that takes part, and as what."""

    organisation: OrganisationKey
    name: SeenLine
    role: Annotated[SeenLine, Field(max_length=100)]


class SolutionContent(Frozen):
    """A solution on one page, with an answer to each hard clause."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: SeenLine
    summary: Annotated[SeenText, Field(max_length=3000)] = Field(description="The solution on one page.")
    responses: tuple[ClauseResponse, ...] = Field((), max_length=100)
    trl: Trl
    members: tuple[ConsortiumMember, ...] = Field((), max_length=20, description="Beside who submits it.")
    language: Language = Field(description="The language that it is written in.")
    price_fen: Fen | None = None
    currency: Annotated[str, CURRENCY] = "CNY"


class SolutionOut(SolutionContent):
    """A solution: its submitter reads it at any time, who called for it and the evaluators after the deadline."""

    id: UUID
    version: int
    solicitation_id: UUID
    state: SolutionState
    owner: OrganisationKey
    owner_name: str
    decline_code: DeclineCode | None
    decline_reason: str | None
    created_at: Moment
    updated_at: Moment


class SolutionVersionOut(Frozen):
    """What it said once; the last one submitted counts."""

    version: int
    submitted_at: Moment
    content: SolutionContent
