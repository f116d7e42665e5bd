"""What a list of profiles may be narrowed by."""

from pydantic import BaseModel, Field

from common.contracts.matcher import OfferKind
from common.fields import Code, Division, Language, Scheme


class ProfileFilters(BaseModel):
    """Each one given narrows the list further."""

    offer_kind: OfferKind | None = None
    track: str | None = Field(None, max_length=40)
    division: Division | None = None
    language: Language | None = None
    organisation_scheme: Scheme | None = None
    organisation_code: Code | None = None
