"""What validations look like over HTTP."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from catalog.signing_keys.rules import Verdict
from common.contracts.clauses import ClauseNumber, Comparison
from common.contracts.words import DataClass, ValidationState
from common.fields import (
    LINE_BREAKS,
    Code,
    Frozen,
    Moment,
    OrganisationKey,
    Scheme,
    SeenLine,
    SeenText,
    storable,
    wrong,
)

UNIT = Annotated[SeenLine, Field(max_length=20, examples=["%", "s", "cm"])]
MOST_MEASUREMENTS = 50
Written = Annotated[str, AfterValidator(storable(LINE_BREAKS))]
"""Text as it was stored, of any length; whoever presents it may have made it up."""
Exact = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""An integer that canonical JSON can hold (RFC 8785 takes numbers for doubles)."""
SIGNATURE_EXAMPLE: JsonDict = {
    "key_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    "value": "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
}


class TargetIn(Frozen):
    """What is to be measured, and what is asked of it."""

    metric: SeenLine = Field(examples=["残损识别准确率"])
    about: Annotated[SeenText, Field(max_length=2000)] | None = Field(None, description="Of what: the clause's text.")
    operator: Comparison
    value: ClauseNumber
    upper: ClauseNumber | None = Field(None, description="Of a range, with operator `between`.")
    unit: UNIT | None = None
    site: SeenLine | None = Field(None, description="Where; by default the test bed's site.")
    data_class: DataClass | None = Field(None, description="Of the data; by default the test bed's.")

    @model_validator(mode="after")
    def _range_is_whole(self) -> Self:
        if (self.operator is Comparison.BETWEEN) != (self.upper is not None):
            raise wrong("give upper with operator `between`, and only then", "仅当 operator 为 between 时填写 upper")
        if self.upper is not None and self.upper < self.value:
            raise wrong("give an upper that is not less than value", "upper 不能小于 value")
        return self


class ValidationContent(Frozen):
    """What is to be validated. Without `measurements` it is measured by the demand's hard clauses that name a metric
    and a figure."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "闸口箱体残损识别一体机 V2.1",
                    "measurements": [{"metric": "残损识别准确率", "operator": "ge", "value": 95, "unit": "%"}],
                }
            ]
        }
    )

    subject: SeenLine = Field(description="What is validated, with its version.")
    solution_id: UUID | None = Field(None, description="The selected solution that it is, if it is one.")
    profile_id: UUID | None = Field(
        None, description="The capability profile that an accepted result becomes evidence of; null: of none."
    )
    measurements: Annotated[tuple[TargetIn, ...], Field(min_length=1, max_length=MOST_MEASUREMENTS)] | None = None


class ValidationRequest(ValidationContent):
    demand_id: UUID
    test_bed_id: UUID


class Appointment(Frozen):
    slot_id: UUID


class MeasuredValues(Frozen):
    """What was measured, in the order of the targets and in their units; null where nothing was yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"measured": [97.2, None]}]})

    measured: tuple[ClauseNumber | None, ...] = Field(max_length=MOST_MEASUREMENTS)


class SignatureIn(Frozen):
    """Ed25519 over the canonical JSON (RFC 8785) of the result, as `python -m catalog sign` prints it."""

    model_config = ConfigDict(json_schema_extra={"examples": [SIGNATURE_EXAMPLE]})

    key_id: Written = Field(max_length=64, description="Thumbprint of the key, RFC 7638.")
    value: Written = Field(max_length=128, description="64 bytes, base64url without padding.")


class MeasurementOut(Frozen):
    """A target, what was measured, and whether that is what was asked."""

    metric: Written
    about: Written | None
    operator: Comparison
    value: float
    upper: float | None
    unit: Written | None
    site: Written
    data_class: DataClass
    measured: float | None
    is_met: bool | None
    statement: Written | None = Field(
        description="The measurement in one sentence.", examples=["残损识别准确率实测97.2%"]
    )


class Named(Frozen):
    """An organisation and what it was called."""

    scheme: Scheme
    code: Code
    name: Written


class ReportOut(Frozen):
    """The report file; its content is for the parties alone, its hash for everyone."""

    name: Written
    media_type: Written
    size_bytes: Exact
    sha256: Written


class ResultDocument(Frozen):
    """All that a host signs: what was measured, of what, for whom, where, when, by which report."""

    format: Literal["jingqiao/validation-result/1"] = "jingqiao/validation-result/1"
    validation_id: UUID
    subject: Written
    enterprise: Named
    host: Named
    test_bed_id: UUID
    test_bed_title: Written
    demand_id: UUID
    demand_version: Exact
    demand_title: Written
    solution_id: UUID | None
    profile_id: UUID | None
    started_at: Moment
    measurements: tuple[MeasurementOut, ...]
    report: ReportOut | None


class SignedResultOut(Frozen):
    """`result` is what is signed, byte for byte as canonical JSON; before that, what would be signed now."""

    result: ResultDocument
    sha256: str = Field(description="Of the canonical JSON of `result`, in hexadecimal.")
    signature: SignatureIn | None
    signed_at: Moment | None


class VerifiedOut(Frozen):
    """What a signature is worth now."""

    verdict: Verdict
    sha256: str
    key_id: str
    host: OrganisationKey
    keys: str = Field(description="Where the host's public keys are, for whoever checks it without this service.")
    state: ValidationState | None = Field(description="Of the validation, where everyone may know it.")


class PresentedResult(Frozen):
    """A result that somebody has in hand, with its signature."""

    result: ResultDocument
    signature: SignatureIn


class ValidationOut(Frozen):
    """A validation: to its parties always, to everyone once it was accepted."""

    id: UUID
    version: int
    state: ValidationState
    owner: OrganisationKey = Field(validation_alias="owner_key", description="The enterprise that asked.")
    owner_name: str
    host: OrganisationKey = Field(validation_alias="host_key")
    host_name: str
    test_bed_id: UUID
    test_bed_title: str
    demand_id: UUID
    demand_version: int
    demand_title: str
    demand_owner: OrganisationKey = Field(validation_alias="demand_owner_key")
    solution_id: UUID | None
    profile_id: UUID | None
    subject: str
    measurements: tuple[MeasurementOut, ...]
    slot_starts_at: Moment | None
    slot_ends_at: Moment | None
    started_at: Moment | None
    report_sha256: str | None
    result_sha256: str | None
    key_id: str | None
    signed_at: Moment | None
    accepted_at: Moment | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment
