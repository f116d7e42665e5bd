"""What attachments look like over HTTP."""

from uuid import UUID

from pydantic import Field

from common.contracts.words import AttachmentState
from common.fields import Frozen, Moment


class AttachmentOut(Frozen):
    """What a file is; its content is at its own address."""

    id: UUID
    demand_id: UUID
    version: int
    state: AttachmentState
    name: str = Field(examples=["技术要求.pdf"])
    media_type: str = Field(examples=["application/pdf"])
    size_bytes: int
    sha256: str = Field(description="Of the content, in hexadecimal digits.")
    created_at: Moment
    updated_at: Moment
