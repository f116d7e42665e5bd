"""The life of a demand as a table, and what its content must satisfy."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.contracts.words import DemandKind, DemandState, PolicyState
from common.errors import FieldFault, Forbidden, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.roles import Role

DRAFT, SUBMITTED = DemandState.DRAFT, DemandState.SUBMITTED
UNDER_REVIEW, EDITS_REQUESTED = DemandState.UNDER_REVIEW, DemandState.EDITS_REQUESTED
PUBLISHED, CLOSED, EVALUATING = DemandState.PUBLISHED, DemandState.CLOSED, DemandState.EVALUATING
SELECTED, UNSUCCESSFUL = DemandState.SELECTED, DemandState.UNSUCCESSFUL
IN_VALIDATION, ADOPTED, NOT_ADOPTED = DemandState.IN_VALIDATION, DemandState.ADOPTED, DemandState.NOT_ADOPTED
ARCHIVED, WITHDRAWN = DemandState.ARCHIVED, DemandState.WITHDRAWN
CANCELLED, MERGED = DemandState.CANCELLED, DemandState.MERGED


class Action(StrEnum):
    REPLACE = "replace"
    SUBMIT = "submit"
    REVIEW = "review"
    REQUEST_EDITS = "request_edits"
    APPROVE = "approve"
    PUBLISH = "publish"
    AMEND = "amend"
    OPEN = "open"
    CLOSE = "close"
    EVALUATE = "evaluate"
    SELECT = "select"
    FAIL = "fail"
    VALIDATE = "validate"
    ADOPT = "adopt"
    REJECT = "reject"
    ARCHIVE = "archive"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    MERGE = "merge"


class Actor(StrEnum):
    """`publisher` is an owner where no review is asked for; `clock` the background work at opening and closing time."""

    OWNER = "owner"
    PUBLISHER = "publisher"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    CLOCK = "clock"


_OWNER, _PUBLISHER, _CLOCK = frozenset({Actor.OWNER}), frozenset({Actor.PUBLISHER}), frozenset({Actor.CLOCK})
_REVIEWER, _OPERATOR = frozenset({Actor.REVIEWER}), frozenset({Actor.OPERATOR})


LIFE = Lifecycle(
    Label("demand", "需求"),
    moves=(
        Move(DRAFT, Action.REPLACE, DRAFT, _OWNER),
        Move(DRAFT, Action.SUBMIT, SUBMITTED, _OWNER),
        Move(DRAFT, Action.WITHDRAW, WITHDRAWN, _OWNER),
        Move(SUBMITTED, Action.REPLACE, DRAFT, _OWNER),
        Move(SUBMITTED, Action.REVIEW, UNDER_REVIEW, _REVIEWER),
        Move(SUBMITTED, Action.PUBLISH, PUBLISHED, _PUBLISHER),
        Move(SUBMITTED, Action.WITHDRAW, WITHDRAWN, _OWNER),
        Move(UNDER_REVIEW, Action.REQUEST_EDITS, EDITS_REQUESTED, _REVIEWER),
        Move(UNDER_REVIEW, Action.APPROVE, PUBLISHED, _REVIEWER),
        Move(UNDER_REVIEW, Action.WITHDRAW, WITHDRAWN, _OWNER),
        Move(EDITS_REQUESTED, Action.REPLACE, EDITS_REQUESTED, _OWNER),
        Move(EDITS_REQUESTED, Action.SUBMIT, UNDER_REVIEW, _OWNER),
        Move(EDITS_REQUESTED, Action.WITHDRAW, WITHDRAWN, _OWNER),
        Move(PUBLISHED, Action.AMEND, PUBLISHED, _OWNER),
        Move(PUBLISHED, Action.OPEN, PUBLISHED, _CLOCK),
        Move(PUBLISHED, Action.CLOSE, CLOSED, _OWNER | _CLOCK),
        Move(PUBLISHED, Action.WITHDRAW, WITHDRAWN, _OWNER),
        Move(PUBLISHED, Action.CANCEL, CANCELLED, _OWNER | _OPERATOR),
        Move(PUBLISHED, Action.MERGE, MERGED, _OWNER | _REVIEWER),
        Move(CLOSED, Action.EVALUATE, EVALUATING, _OWNER),
        Move(CLOSED, Action.ARCHIVE, ARCHIVED, _OWNER),
        Move(CLOSED, Action.CANCEL, CANCELLED, _OWNER | _OPERATOR),
        Move(CLOSED, Action.MERGE, MERGED, _OWNER | _REVIEWER),
        Move(EVALUATING, Action.SELECT, SELECTED, _OWNER),
        Move(EVALUATING, Action.FAIL, UNSUCCESSFUL, _OWNER),
        Move(EVALUATING, Action.CANCEL, CANCELLED, _OWNER | _OPERATOR),
        Move(SELECTED, Action.VALIDATE, IN_VALIDATION, _OWNER),
        Move(SELECTED, Action.CANCEL, CANCELLED, _OWNER | _OPERATOR),
        Move(IN_VALIDATION, Action.ADOPT, ADOPTED, _OWNER),
        Move(IN_VALIDATION, Action.REJECT, NOT_ADOPTED, _OWNER),
        Move(IN_VALIDATION, Action.CANCEL, CANCELLED, _OWNER | _OPERATOR),
        Move(UNSUCCESSFUL, Action.ARCHIVE, ARCHIVED, _OWNER),
        Move(ADOPTED, Action.ARCHIVE, ARCHIVED, _OWNER),
        Move(NOT_ADOPTED, Action.ARCHIVE, ARCHIVED, _OWNER),
    ),
    states={
        DRAFT: "草稿",
        SUBMITTED: "已提交",
        UNDER_REVIEW: "审核中",
        EDITS_REQUESTED: "待修改",
        PUBLISHED: "已发布",
        CLOSED: "已截止",
        EVALUATING: "评审中",
        SELECTED: "已选定",
        UNSUCCESSFUL: "流标",
        IN_VALIDATION: "验证中",
        ADOPTED: "已采纳",
        NOT_ADOPTED: "未采纳",
        ARCHIVED: "已归档",
        WITHDRAWN: "已撤回",
        CANCELLED: "已取消",
        MERGED: "已合并",
    },
    actions={
        Action.REPLACE: Label("replaced", "修改"),
        Action.SUBMIT: Label("submitted", "提交"),
        Action.REVIEW: Label("taken up for review", "受理审核"),
        Action.REQUEST_EDITS: Label("sent back for edits", "退回修改"),
        Action.APPROVE: Label("approved", "审核通过"),
        Action.PUBLISH: Label("published", "发布"),
        Action.AMEND: Label("amended", "变更"),
        Action.OPEN: Label("opened", "开始征集"),
        Action.CLOSE: Label("closed", "截止"),
        Action.EVALUATE: Label("evaluated", "评审"),
        Action.SELECT: Label("decided", "选定方案"),
        Action.FAIL: Label("ended unsuccessfully", "流标"),
        Action.VALIDATE: Label("put to validation", "开展验证"),
        Action.ADOPT: Label("adopted", "采纳"),
        Action.REJECT: Label("rejected", "不予采纳"),
        Action.ARCHIVE: Label("archived", "归档"),
        Action.WITHDRAW: Label("withdrawn", "撤回"),
        Action.CANCEL: Label("cancelled", "取消"),
        Action.MERGE: Label("merged", "合并"),
    },
    parties={
        Actor.OWNER: Label("its owner", "需求方"),
        Actor.PUBLISHER: Label("its owner where no review is asked for", "无需审核时的需求方"),
        Actor.REVIEWER: Label("a reviewer who did not submit it", "非提交人的审核员"),
        Actor.OPERATOR: Label("an operator", "平台运营者"),
        Actor.CLOCK: Label("the clock", "系统定时"),
    },
)

UNPUBLISHED = frozenset({DRAFT, SUBMITTED, UNDER_REVIEW, EDITS_REQUESTED})
REVIEWED = frozenset({SUBMITTED, UNDER_REVIEW, EDITS_REQUESTED})
"""What reviewers see before everyone does."""
TAKEN_BACK = frozenset({WITHDRAWN, CANCELLED, MERGED})
"""Nobody is to be called about it any more."""
OVER = TAKEN_BACK | {UNSUCCESSFUL, ADOPTED, NOT_ADOPTED, ARCHIVED}
"""What has come to its end, one way or another."""


def parties(roles: frozenset[str], *, is_own: bool, has_submitted: bool, needs_review: bool) -> frozenset[Actor]:
    """All that a caller is to a demand.

    has_submitted  whether it was this caller, in person, who submitted it: nobody reviews their own
    needs_review   whether this deployment publishes by a reviewer's approval alone
    """
    owner = {Actor.OWNER} if needs_review else {Actor.OWNER, Actor.PUBLISHER}
    found = (
        (is_own, owner),
        (Role.REVIEWER in roles and not has_submitted, {Actor.REVIEWER}),
        (Role.OPERATOR in roles, {Actor.OPERATOR}),
    )
    return frozenset(actor for applies, actors in found if applies for actor in actors)


_EITHER = frozenset({Role.PUBLISHER, Role.ENTERPRISE})
ASKERS = {
    DemandKind.SCENARIO: frozenset({Role.PUBLISHER}),
    DemandKind.CHALLENGE: _EITHER,
    DemandKind.FINANCING: _EITHER,
    DemandKind.PILOT: _EITHER,
}
"""The roles that may ask for each kind: opening a scenario takes a publisher, the rest is open to enterprises."""


def refuse_asker(kind: DemandKind, roles: frozenset[str]) -> None:
    """Raises Forbidden when none of the roles may ask for this kind of demand."""
    needed = ASKERS[kind]
    if not roles & needed:
        names = " or ".join(sorted(needed))
        raise Forbidden(f"A {kind} demand needs the role {names}", f"此类需求需要角色：{names}")


def asker_faults(kind: DemandKind, roles: frozenset[str]) -> tuple[FieldFault, ...]:
    """The same, said of the field, where one demand among many is at fault."""
    if roles & ASKERS[kind]:
        return ()
    return (FieldFault("your token may not ask for this kind", "令牌无权发布此类需求", pointer="#/kind"),)


def refuse_no_reviewer(roles: frozenset[str]) -> None:
    """Raises Forbidden unless the caller may review."""
    if Role.REVIEWER not in roles:
        raise Forbidden(f"The token needs the role {Role.REVIEWER}", f"令牌需要具有角色：{Role.REVIEWER}")


def refuse_outsider(roles: frozenset[str], *, is_own: bool) -> None:
    """Raises Forbidden unless the caller may read who took which step."""
    if not is_own and roles.isdisjoint({Role.REVIEWER, Role.OPERATOR}):
        raise Forbidden("Only the owner, reviewers and operators may read this", "仅需求方、审核员和平台运营者可以查看")


def refuse_unknown_fields(pointers: Sequence[str], known: Collection[str]) -> None:
    """Raises InvalidInput naming each comment that is on no field of a demand."""
    names = [pointer.removeprefix("#/").split("/")[0] for pointer in pointers]
    faults = [
        FieldFault(
            f"name a field of the demand, such as #/title; known: {', '.join(sorted(known))}",
            f"请填写需求的字段，例如 #/title；可用的有：{'、'.join(sorted(known))}",
            pointer=f"#/comments/{place}/field",
        )
        for place, name in enumerate(names)
        if name not in known
    ]
    if faults:
        raise invalid(*faults)


def refuse_target(own: UUID, into: UUID, state: DemandState | None) -> None:
    """Raises InvalidInput unless a demand can be merged into another: a public one that goes on.

    state  of the other one; None when there is none
    """
    if own == into or state not in {PUBLISHED, CLOSED, EVALUATING, SELECTED, IN_VALIDATION, ADOPTED}:
        raise invalid(
            FieldFault(
                "give the id of another demand that is public and not over",
                "请填写另一条已公开且未终止的需求的 id",
                pointer="#/into",
            )
        )


def refuse_expired(closes_at: datetime | None, at: datetime) -> None:
    """Raises NotAllowedNow when the closing time came before the demand was published."""
    if closes_at is not None and closes_at <= at:
        raise NotAllowedNow(
            f"Its closing time {closes_at.isoformat()} has passed; replace the demand with a later one first",
            "截止时间已过，请先修改截止时间",
        )


def policy_faults(named: Sequence[UUID], known: Collection[UUID]) -> Iterator[FieldFault]:
    """One for each id that is no policy's, or that is given twice."""
    for place, policy_id in enumerate(named):
        where = f"#/policy_ids/{place}"
        if policy_id not in known:
            yield FieldFault("give the id of a policy that is on record", "请填写已登记政策的 id", pointer=where)
        elif policy_id in named[:place]:
            yield FieldFault("remove this one, it is named twice", "与前面重复，请删除", pointer=where)


def refuse_ended(named: Sequence[tuple[str, PolicyState]]) -> None:
    """Raises NotAllowedNow for the first policy that is not in force: its title and state."""
    for title, state in named:
        if state != PolicyState.IN_FORCE:
            raise NotAllowedNow(
                f"The policy {title} is {state}; leave it out of policy_ids first", f"政策“{title}”已失效，请先移除"
            )
