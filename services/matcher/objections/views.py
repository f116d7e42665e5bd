"""An objection as somebody may see it."""

from datetime import datetime

from matcher.objections import rules
from matcher.objections.models import FiledObjection
from matcher.objections.rules import LIFE, ObjectionStanding
from matcher.objections.schemas import NamedReceiptOut, ObjectionOut, OwnObjectionOut


def public(objection: FiledObjection, at: datetime) -> ObjectionOut:
    names = [name for name in ObjectionOut.model_fields if name != "is_overdue"]
    said = {name: getattr(objection, name) for name in names}
    return ObjectionOut(**said, is_overdue=rules.is_overdue(objection.due, at))


def shown(
    objection: FiledObjection, standing: ObjectionStanding | None, at: datetime
) -> ObjectionOut | OwnObjectionOut:
    """Whole for its parties and auditors."""
    seen = public(objection, at)
    if standing is None or not (standing.parties or standing.is_auditor):
        return seen
    receipts = zip(objection.ranking_ids, objection.digests, strict=True)
    return OwnObjectionOut(
        **seen.model_dump(),
        objector=objection.objector,
        objector_name=objection.objector_name,
        statement=objection.statement,
        receipts=tuple(
            NamedReceiptOut(
                ranking_id=one, digest=digest, replay=f"/v1/rankings/{one}/replay" if one in standing.readable else None
            )
            for one, digest in receipts
        ),
        answer=objection.answer,
        allowed=LIFE.allowed(objection.state, standing.acting),
    )
