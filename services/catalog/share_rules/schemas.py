"""What share rules, and shares, look like over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from catalog.history.schemas import PublicReason
from catalog.procurements.rules import QUARTER
from catalog.procurements.schemas import Traits
from catalog.share_rules.rules import Share
from common.contracts.words import ProcurementCategory, ShareRuleState
from common.fields import Frozen, Moment, OrganisationKey, SeenLine

EXAMPLE: JsonDict = {
    "title": "创新产品采购比例",
    "categories": ["goods", "services"],
    "numerator": {"having": ["innovative_product", "first_of_kind"]},
    "denominator": {},
    "valid_from": "2026-Q1",
}


class CountedTraits(Frozen):
    """Which purchases count: those with any of `having` (empty: all), without any of `lacking`."""

    having: Traits = ()
    lacking: Traits = ()


class ShareRuleContent(Frozen):
    """A share as data: which purchases it is of, and which of those it counts."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: SeenLine
    categories: tuple[ProcurementCategory, ...] = Field(min_length=1, max_length=10)
    numerator: CountedTraits = Field(description="Counted among what the denominator counts.")
    denominator: CountedTraits = CountedTraits()
    valid_from: Annotated[str, QUARTER]
    valid_until: Annotated[str, QUARTER] | None = Field(None, description="The last quarter; null: until it is ended.")


class ShareRuleRevision(ShareRuleContent):
    """All that the rule says from now on, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**EXAMPLE, "reason": "增加服务类采购"}]})

    reason: PublicReason


class ShareRuleOut(Frozen):
    """A rule, as everyone reads it."""

    id: UUID
    version: int
    state: ShareRuleState
    owner: OrganisationKey = Field(validation_alias=AliasChoices("owner_key", "owner"))
    owner_name: str
    title: str
    categories: tuple[ProcurementCategory, ...]
    numerator: CountedTraits
    denominator: CountedTraits
    valid_from: str
    valid_until: str | None
    created_at: Moment
    updated_at: Moment


class ShareOut(BaseModel):
    """Exact: fen over fen, and the same in lowest terms; null where nothing was bought."""

    numerator_fen: int
    denominator_fen: int
    fraction: str | None = Field(examples=["3/8"])


class CategoryShareOut(ShareOut):
    category: ProcurementCategory


class OrganisationSharesOut(BaseModel):
    """What one organisation bought in a period, by one rule in one version. `total` is over the categories shown."""

    organisation: OrganisationKey
    organisation_name: str
    period: str
    rule_id: UUID
    rule_version: int
    shares: tuple[CategoryShareOut, ...]
    total: ShareOut


def columns(content: ShareRuleContent) -> dict[str, Any]:
    """What a row keeps of it."""
    return content.model_dump(mode="json", include=set(ShareRuleContent.model_fields))


def share_json(share: Share) -> dict[str, Any]:
    """The fields of a ShareOut."""
    fraction = share.fraction
    written = None if fraction is None else f"{fraction.numerator}/{fraction.denominator}"
    return {"numerator_fen": share.numerator, "denominator_fen": share.denominator, "fraction": written}
