"""What matcher announces of objections: to a ranking, to an entry of a list, or to how fair a demand is."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.dockings import Act
from common.contracts.envelope import Event, TolerantModel
from common.fields import Moment, OrganisationKey
from common.vocabulary import Vocabulary


class ObjectionState(Vocabulary):
    FILED = "filed"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ObjectionSubject(Vocabulary):
    """What is objected to: how a demand's profiles were ranked, that it is an entry of a list, or how fair it is."""

    RANKING = "ranking"
    LIST_ENTRY = "list_entry"
    FAIRNESS = "fairness"


class ObjectionSnapshot(TolerantModel):
    """Nothing of what was written in it. `due_on` is the last day of the next step, Asia/Shanghai; None once it is
    over."""

    id: UUID
    version: int = Field(ge=1)
    state: ObjectionState
    subject: ObjectionSubject
    demand_id: UUID
    list_id: UUID | None = None
    ranking_ids: tuple[UUID, ...] = ()
    objector: OrganisationKey
    filed_at: Moment
    due_on: date | None = None
    is_provisional: bool = False


class ObjectionEvent(Event):
    stream: ClassVar[str] = "MATCHER"
    objection: ObjectionSnapshot
    act: Act

    def about(self) -> str:
        return str(self.objection.id)


class ObjectionFiled(ObjectionEvent):
    """An organisation objects."""

    type: ClassVar[str] = "matcher.objection.filed"


class ObjectionAdvanced(ObjectionEvent):
    """An objection was accepted, answered, upheld, rejected or withdrawn."""

    type: ClassVar[str] = "matcher.objection.advanced"


class ObjectionReminded(ObjectionEvent):
    """The next step of an objection is overdue, or due on another day than was said."""

    type: ClassVar[str] = "matcher.objection.reminded"


OBJECTION_EVENTS: tuple[type[ObjectionEvent], ...] = (ObjectionFiled, ObjectionAdvanced, ObjectionReminded)
