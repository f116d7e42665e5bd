"""What contacts look like over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from common.contracts.contacts import Contact
from common.contracts.dockings import Side
from common.fields import Frozen, OrganisationKey


class OwnContactOut(Frozen):
    """Whom the other side of a docking may call about a profile, once both allow it; only its owner reads it here."""

    contact: Contact | None


class ShareIn(Frozen):
    contact: Contact | None = Field(
        None, description="For this docking; left out, the one of your demand or profile is shown."
    )


class ContactsOut(Frozen):
    owner: Contact
    enterprise: Contact


class ContactReadOut(Frozen):
    """Once that somebody saw the contacts. `mandate_id`: by which mandate, when it was a broker."""

    id: UUID
    at: datetime
    side: Side
    reader: OrganisationKey
    reader_name: str
    mandate_id: UUID | None
