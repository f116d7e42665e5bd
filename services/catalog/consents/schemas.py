"""What consents look like over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from catalog.consents.rules import ConsentState
from common.fields import Frozen, Moment, OrganisationKey, SeenText


class ConsentContent(Frozen):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"presentation_id": "01890a5d-ac96-774b-bcce-b302099a8057", "message": "本基金关注类脑视觉方向"}
            ]
        }
    )

    presentation_id: UUID
    message: Annotated[SeenText, Field(max_length=2000)] | None = Field(None, description="For who presents.")


class ConsentOut(Frozen):
    """A consent, as its investor and who presents read it."""

    id: UUID
    version: int
    state: ConsentState
    presentation_id: UUID
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    message: str | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment


class OpenedOut(ConsentOut):
    """A look at the full text, which is on record."""

    full_text: str
