"""The life of an objection as a table, who may decide it, and what of it may be public."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from common import contacts
from common.contracts.objections import ObjectionState, ObjectionSubject
from common.errors import FieldFault, Forbidden, NotAllowedNow, invalid
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move
from common.roles import Role
from common.sheets.texts import compact
from matcher.calendar.working_days import Calendar, DueDay
from matcher.objections import terms

FILED, ACCEPTED, ANSWERED = ObjectionState.FILED, ObjectionState.ACCEPTED, ObjectionState.ANSWERED
UPHELD, REJECTED, WITHDRAWN = ObjectionState.UPHELD, ObjectionState.REJECTED, ObjectionState.WITHDRAWN
OPEN = (FILED, ACCEPTED, ANSWERED)
PUBLIC_LINKS = "web"
"""The one pattern of contacts.toml that a decision may contain: it cites provisions by their addresses."""
SHORTEST_TOLD = 6
"""Characters of an organisation's code that tell who it is; a shorter one may be in any text."""


class ObjectionAction(StrEnum):
    ACCEPT = "accept"
    ANSWER = "answer"
    UPHOLD = "uphold"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REMIND = "remind"


class ObjectionParty(StrEnum):
    """`handler` answers for the platform, `decider` judges; neither may be an interested party. `clock` reminds of what
    is overdue."""

    OBJECTOR = "objector"
    HANDLER = "handler"
    DECIDER = "decider"
    CLOCK = "clock"


_Do = ObjectionAction
_OBJECTOR, _HANDLER = frozenset({ObjectionParty.OBJECTOR}), frozenset({ObjectionParty.HANDLER})
_DECIDER, CLOCK = frozenset({ObjectionParty.DECIDER}), frozenset({ObjectionParty.CLOCK})
DECISIONS = frozenset({_Do.UPHOLD, _Do.REJECT})

LIFE = Lifecycle(
    Label("objection", "异议"),
    moves=(
        Move(FILED, _Do.ACCEPT, ACCEPTED, _HANDLER),
        # One that is none: about something else, or without a reason.
        Move(FILED, _Do.REJECT, REJECTED, _DECIDER),
        Move(ACCEPTED, _Do.ANSWER, ANSWERED, _HANDLER),
        Move(ANSWERED, _Do.UPHOLD, UPHELD, _DECIDER),
        Move(ANSWERED, _Do.REJECT, REJECTED, _DECIDER),
        *(Move(state, _Do.WITHDRAW, WITHDRAWN, _OBJECTOR) for state in OPEN),
        *(Move(state, _Do.REMIND, state, CLOCK) for state in OPEN),
    ),
    states={
        FILED: "已提出",
        ACCEPTED: "已受理",
        ANSWERED: "已答复",
        UPHELD: "成立",
        REJECTED: "不成立",
        WITHDRAWN: "已撤回",
    },
    actions={
        _Do.ACCEPT: Label("accepted", "受理"),
        _Do.ANSWER: Label("answered", "答复"),
        _Do.UPHOLD: Label("upheld", "认定成立"),
        _Do.REJECT: Label("rejected", "认定不成立"),
        _Do.WITHDRAW: Label("withdrawn", "撤回"),
        _Do.REMIND: Label("reminded of", "提醒"),
    },
    parties={
        ObjectionParty.OBJECTOR: Label("who objects", "异议人"),
        ObjectionParty.HANDLER: Label("an operator", "运营人员"),
        ObjectionParty.DECIDER: Label("a reviewer", "审核员"),
        ObjectionParty.CLOCK: Label("the clock", "系统定时"),
    },
)


def parties(objector: OrganisationKey, caller: OrganisationKey, roles: Collection[Role]) -> frozenset[ObjectionParty]:
    """All that a caller is to an objection; nothing: a stranger."""
    found = (
        (caller == objector, ObjectionParty.OBJECTOR),
        (Role.OPERATOR in roles, ObjectionParty.HANDLER),
        (Role.REVIEWER in roles, ObjectionParty.DECIDER),
    )
    return frozenset(party for applies, party in found if applies)


class ObjectionStanding(NamedTuple):
    """What a caller is to an objection.

    parties        by organisation and roles; nothing: a stranger
    is_auditor     who reads all of it
    is_interested  who gains or loses by it, and so neither handles nor decides it
    has_answered   who therefore does not decide it
    readable       of the receipts that it names, those that the caller may read and replay
    """

    parties: frozenset[ObjectionParty]
    is_auditor: bool
    is_interested: bool
    has_answered: bool
    readable: frozenset[UUID]

    @property
    def acting(self) -> frozenset[ObjectionParty]:
        """As what the caller may take a step."""
        if self.is_interested:
            return self.parties - _HANDLER - _DECIDER
        return self.parties - _DECIDER if self.has_answered else self.parties


def refuse_stranger(parties: Collection[ObjectionParty]) -> None:
    if not parties:
        raise Forbidden(
            "Only who objects, operators and reviewers may do that", "仅异议人、运营人员和审核员可以进行此操作"
        )


def refuse_barred(standing: ObjectionStanding, action: ObjectionAction) -> None:
    """Raises Forbidden when the caller would handle or decide in its own affair, or one person would answer and decide.
    Whoever objects may withdraw, whatever else they are."""
    if standing.is_interested and action is not ObjectionAction.WITHDRAW:
        raise Forbidden(
            "Neither who objects, nor the owner of the demand, nor whom a named receipt shows, handles an objection",
            "异议人、需求方和所列排序记录中获展示的单位不能受理、答复或认定该异议",
        )
    if standing.has_answered and action in DECISIONS:
        raise Forbidden("Who answered an objection does not decide it", "答复人不能作出认定")


def refuse_faulty(subject: ObjectionSubject, list_id: UUID | None) -> None:
    """Raises InvalidInput unless it names what it objects to."""
    is_of_list = subject is ObjectionSubject.LIST_ENTRY
    if is_of_list and list_id is None:
        raise invalid(FieldFault("give the list whose entry it is about", "请填写所涉清单", pointer="#/list_id"))
    if not is_of_list and list_id is not None:
        raise invalid(
            FieldFault("remove it: only a list_entry has a list", "仅清单条目异议需填写", pointer="#/list_id")
        )


def unknown_demand(demand_id: UUID) -> FieldFault:
    return FieldFault(
        f"give a published demand; {demand_id} is none, or arrives here within seconds",
        f"请填写已发布的需求；没有 {demand_id}，如刚刚发布请稍后再试",
        pointer="#/demand_id",
    )


def never_ranked() -> FieldFault:
    return FieldFault("nobody was ranked for this demand yet", "该需求尚无排序记录", pointer="#/demand_id")


def unseen_receipt(place: int) -> FieldFault:
    return FieldFault(
        "give the ranking_id of a match of yours", "请填写与本单位有关的排序记录编号", pointer=f"#/ranking_ids/{place}"
    )


def other_receipt(place: int) -> FieldFault:
    return FieldFault(
        "name rankings of this demand, or of your profiles that considered it",
        "请填写该需求的排序记录，或本单位画像排序中包含该需求的记录",
        pointer=f"#/ranking_ids/{place}",
    )


def second(standing: UUID) -> NotAllowedNow:
    return NotAllowedNow(
        f"Your objection to this is open: /v1/objections/{standing}", f"贵单位就此已有异议：/v1/objections/{standing}"
    )


def refuse_personal(text: str, objector: Sequence[str], pointer: str) -> None:
    """Raises InvalidInput for a text that everyone is to read and that names or reaches a person, or who objects.

    objector  its name and its code
    """
    found = [row.id for row in contacts.rows() if row.id != PUBLIC_LINKS and row.pattern.search(text)]
    if found:
        raise invalid(
            FieldFault(
                f"everyone reads it: remove what names or reaches a person ({', '.join(found)})",
                "此内容对所有人公开，请删除姓名和联系方式",
                pointer=pointer,
            )
        )
    name, code = map(_letters, objector)
    told = [name, *([code] if len(code) >= SHORTEST_TOLD else [])]
    if any(each and each in _letters(text) for each in told):
        raise invalid(
            FieldFault("everyone reads it: leave out who objects", "此内容对所有人公开，请勿写异议人", pointer=pointer)
        )


def _letters(text: str) -> str:
    """Letters and digits alone, however they are written: for finding a name that is spaced or bracketed otherwise."""
    return "".join(filter(str.isalnum, compact(text)))


def due(state: ObjectionState, since: datetime, calendar: Calendar) -> DueDay | None:
    """The last day for the next step; None once it is over."""
    days = terms.working_days().get(state)
    return None if days is None else calendar.after(since, days)


def is_overdue(last: DueDay | None, at: datetime) -> bool:
    return last is not None and last.ends_at <= at


def digests_of(receipts: Sequence[tuple[UUID, str]]) -> tuple[list[UUID], list[str]]:
    """Ids and digests, each receipt once, in the order in which they were named."""
    once = dict(receipts)
    return list(once), list(once.values())
