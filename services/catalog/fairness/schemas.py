"""What findings and justifications look like over HTTP."""

from itertools import zip_longest
from typing import Annotated

from pydantic import ConfigDict, Field

from catalog.fairness import interpreter
from catalog.fairness.interpreter import FindingLevel
from catalog.fairness.models import FairnessJustification
from catalog.fairness.rules import CheckedClause, CheckedTexts, FairnessFinding
from common.contracts.clauses import Locality
from common.fields import Frozen, Line, Moment, OrganisationKey, SeenText, Text


class FairnessDraft(Frozen):
    """Texts of a demand that is being written; each may be left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"need": "采购巡检机器人六台。投标人须在本市设有分公司。", "clauses": ["续航不低于4小时"]}]
        }
    )

    title: Line | None = None
    need: Text | None = None
    clauses: tuple[Text, ...] = Field((), max_length=100, description="The text of each clause.")
    metrics: tuple[Line | None, ...] = Field((), max_length=100, description="The metric of each clause, in order.")
    units: tuple[Line | None, ...] = Field((), max_length=100, description="Likewise the unit of its value.")
    docking: Annotated[Text, Field(max_length=2000)] | None = None
    policies: tuple[Line, ...] = Field((), max_length=20, description="Names of policies that support it.")
    locality: Locality | None = None

    def texts(self) -> CheckedTexts:
        limit = self.locality.divisions if self.locality else ()
        each = zip_longest(self.clauses, self.metrics, self.units)
        clauses = [CheckedClause(text or "", metric, unit) for text, metric, unit in each]
        return CheckedTexts(self.title or "", self.need or "", clauses, self.docking, self.policies, limit)


class ProvisionOut(Frozen):
    """A provision that a rule rests on."""

    name: str
    name_en: str
    gist: str = Field(description="What it forbids, in a line; the wording that binds is the official one.")


class JustificationOut(Frozen):
    justification: str
    party: str = Field(description="As what somebody gave it.", examples=["reviewer"])
    by: OrganisationKey
    by_name: str
    at: Moment


class FindingOut(Frozen):
    """A passage in which a rule holds."""

    rule: str = Field(examples=["place.settled"])
    kind: str = Field(examples=["place"])
    kind_label: str = Field(examples=["注册地或经营地"])
    level: FindingLevel = Field(description="`blocking` needs a justification before the demand becomes public.")
    field: str = Field(description="JSON Pointer to the text.", examples=["#/clauses/0/text"])
    start: int = Field(description="First character of the passage in the field, from 0.")
    end: int = Field(description="The character after its last.")
    passage: str
    forbids: str
    forbids_en: str
    sources: tuple[ProvisionOut, ...]
    suggestion: str
    suggestion_en: str
    justification: JustificationOut | None = Field(description="By somebody other than the writer; the last one.")


class FairnessOut(Frozen):
    findings: tuple[FindingOut, ...]
    is_blocked: bool = Field(description="Whether a blocking finding lacks a justification.")
    may_justify: bool = Field(description="Whether the caller may justify a passage of this demand.")


class JustificationIn(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule": "brand.model",
                    "passage": "须为华隆S9300",
                    "justification": "与在用的双机热备主机同组，只能为同型号，见设备清单第12项",
                }
            ]
        }
    )

    rule: Line
    passage: Annotated[Text, Field(max_length=2000, description="As the finding quotes it.")]
    justification: Annotated[SeenText, Field(min_length=10, max_length=2000, description="For everyone to read.")]


def finding_out(finding: FairnessFinding, justified: FairnessJustification | None) -> FindingOut:
    rule = finding.rule
    named = (interpreter.sources()[name] for name in rule.sources)
    return FindingOut(
        rule=rule.id,
        kind=rule.kind,
        kind_label=interpreter.kinds()[rule.kind].zh,
        level=rule.level,
        field=finding.field,
        start=finding.start,
        end=finding.end,
        passage=finding.passage,
        forbids=rule.forbids.zh,
        forbids_en=rule.forbids.en,
        sources=tuple(ProvisionOut(name=one.zh, name_en=one.en, gist=one.gist) for one in named),
        suggestion=rule.suggest.zh,
        suggestion_en=rule.suggest.en,
        justification=_justification_out(justified) if justified else None,
    )


def _justification_out(row: FairnessJustification) -> JustificationOut:
    return JustificationOut(
        justification=row.justification, party=row.party, by=row.organisation, by_name=row.actor_name, at=row.at
    )
