"""What catalog announces of validations: results that are evidence, and those that are so no longer."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.clauses import Comparison
from common.contracts.envelope import Event, TolerantModel
from common.contracts.words import ValidationState
from common.fields import Moment, OrganisationKey


class ValidatedFigure(TolerantModel):
    """What was measured of one metric, and what was asked of it. `statement` says the measurement in a sentence."""

    metric: str
    about: str | None
    operator: Comparison
    value: float
    upper: float | None
    unit: str | None
    measured: float
    is_met: bool
    statement: str


class ValidationSnapshot(TolerantModel):
    """A validation as everyone reads it once it was accepted. `result_sha256` is of the document its host signed."""

    id: UUID
    version: int
    state: ValidationState
    owner: OrganisationKey = Field(description="Whose solution was validated.")
    owner_name: str
    host: OrganisationKey
    host_name: str
    demand_id: UUID
    profile_id: UUID | None = Field(description="The capability profile that it is evidence of.")
    result_sha256: str
    accepted_at: Moment
    figures: tuple[ValidatedFigure, ...]


class ValidationEvent(Event):
    stream: ClassVar[str] = "CATALOG"
    validation: ValidationSnapshot

    def about(self) -> str:
        return str(self.validation.id)


class ValidationAccepted(ValidationEvent):
    """The owner of the demand accepted a signed result, or its host signed it anew: it is evidence."""

    type: ClassVar[str] = "catalog.validation.accepted"


class ValidationLapsed(ValidationEvent):
    """A result is evidence no longer: it was annulled, or the key of its signature revoked."""

    type: ClassVar[str] = "catalog.validation.lapsed"
