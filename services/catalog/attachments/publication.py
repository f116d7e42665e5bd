"""What everyone is told of attachments: of each that changes while the demand is public, and of those that were there
before when it becomes so."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.attachments import repository, rules
from catalog.attachments.models import Attachment
from catalog.attachments.rules import AttachmentAction, AttachmentParty
from catalog.attachments.schemas import AttachmentOut
from catalog.demands.models import Demand
from catalog.history import service as history
from catalog.history.service import Deed, Told
from common.auth import Principal
from common.contracts.catalog import AttachmentAttached, AttachmentRemoved, AttachmentSnapshot
from common.contracts.words import AttachmentState

NOUN = rules.LIFE.noun.en
_AFTERWARDS = timedelta(microseconds=1)
"""So that readers of the feed hear of a demand before its files."""


async def publish_all(session: AsyncSession, demand: Demand, caller: Principal | None) -> None:
    """Tell everyone of the files of a demand that has just become public."""
    at = demand.updated_at + _AFTERWARDS
    for attachment in await repository.present(session, demand.id):
        transition = history.moved(rules.LIFE, attachment, AttachmentAction.PUBLISH, {AttachmentParty.PUBLISHER}, at)
        record(session, demand, attachment, Deed(transition, caller))


def record(session: AsyncSession, demand: Demand, attachment: Attachment, deed: Deed) -> None:
    """Audit and announce a step of a file, to everyone once the demand is public."""
    history.record(session, NOUN, attachment, deed, None if demand.published_at is None else _told(attachment))


def _told(attachment: Attachment) -> Told:
    event = AttachmentAttached if attachment.state is AttachmentState.ATTACHED else AttachmentRemoved
    public = AttachmentOut.model_validate(attachment).model_dump(mode="json")
    return Told(attachment.state, public, event(attachment=AttachmentSnapshot.model_validate(attachment)))
