"""The life of a solution as a table, and what an answer must hold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Protocol

from common import uscc
from common.contracts.words import SolicitationState, SolutionState
from common.errors import MOST_NAMED, FieldFault, Forbidden, NotAllowedNow, invalid
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move

SUBMITTED, COMPLETE, SHORTLISTED = SolutionState.SUBMITTED, SolutionState.COMPLETE, SolutionState.SHORTLISTED
SELECTED, DECLINED, WITHDRAWN = SolutionState.SELECTED, SolutionState.DECLINED, SolutionState.WITHDRAWN


class SolutionAction(StrEnum):
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    REJECT = "reject"
    SHORTLIST = "shortlist"
    SELECT = "select"
    DECLINE = "decline"


class SolutionParty(StrEnum):
    """`caller` is the owner of the demand, who called for solutions."""

    SUBMITTER = "submitter"
    CALLER = "caller"


_Do = SolutionAction
_SUBMITTER, _CALLER = frozenset({SolutionParty.SUBMITTER}), frozenset({SolutionParty.CALLER})

LIFE = Lifecycle(
    Label("solution", "解决方案"),
    moves=(
        Move(SUBMITTED, _Do.REPLACE, SUBMITTED, _SUBMITTER),
        Move(SUBMITTED, _Do.WITHDRAW, WITHDRAWN, _SUBMITTER),
        Move(SUBMITTED, _Do.ACCEPT, COMPLETE, _CALLER),
        Move(SUBMITTED, _Do.REJECT, DECLINED, _CALLER),
        Move(SUBMITTED, _Do.DECLINE, DECLINED, _CALLER),
        Move(COMPLETE, _Do.SHORTLIST, SHORTLISTED, _CALLER),
        Move(COMPLETE, _Do.DECLINE, DECLINED, _CALLER),
        Move(SHORTLISTED, _Do.SELECT, SELECTED, _CALLER),
        Move(SHORTLISTED, _Do.DECLINE, DECLINED, _CALLER),
    ),
    states={
        SUBMITTED: "已提交",
        COMPLETE: "审查合格",
        SHORTLISTED: "已入围",
        SELECTED: "已选定",
        DECLINED: "未选定",
        WITHDRAWN: "已撤回",
    },
    actions={
        _Do.REPLACE: Label("replaced", "修改"),
        _Do.WITHDRAW: Label("withdrawn", "撤回"),
        _Do.ACCEPT: Label("accepted as complete", "审查通过"),
        _Do.REJECT: Label("rejected as incomplete", "审查不通过"),
        _Do.SHORTLIST: Label("shortlisted", "入围"),
        _Do.SELECT: Label("selected", "选定"),
        _Do.DECLINE: Label("declined", "不予选定"),
    },
    parties={
        SolutionParty.SUBMITTER: Label("its submitter", "提交方"),
        SolutionParty.CALLER: Label("the demand's owner", "需求方"),
    },
)


class Response(Protocol):
    @property
    def clause(self) -> int: ...
    @property
    def evidence(self) -> Sequence[object]: ...


class Member(Protocol):
    @property
    def organisation(self) -> OrganisationKey: ...


class SolutionTerms(Protocol):
    """What a solution says that is held against the clauses."""

    @property
    def responses(self) -> Sequence[Response]: ...
    @property
    def members(self) -> Sequence[Member]: ...


def refuse_faulty(answer: SolutionTerms, clauses: Sequence[dict[str, Any]], submitter: OrganisationKey) -> None:
    """Raises InvalidInput naming every hard clause that lacks an answer with evidence, and every other fault."""
    faults = (
        *_response_faults(answer.responses, len(clauses)),
        *_clause_faults(answer.responses, clauses),
        *_member_faults(answer.members, submitter),
    )
    if faults:
        raise invalid(*faults)


def _response_faults(responses: Sequence[Response], clauses_count: int) -> Iterator[FieldFault]:
    counted = Counter(one.clause for one in responses)
    for place, one in enumerate(responses):
        pointer = f"#/responses/{place}/clause"
        if one.clause >= clauses_count:
            yield FieldFault(
                f"give the place of a clause, 0 … {clauses_count - 1}",
                f"请填写条款序号 0 至 {clauses_count - 1}",
                pointer=pointer,
            )
        elif counted[one.clause] > 1:
            yield FieldFault("answer each clause once", "每条条款只应答一次", pointer=pointer)


def _clause_faults(responses: Sequence[Response], clauses: Sequence[dict[str, Any]]) -> Iterator[FieldFault]:
    proven = {one.clause for one in responses if one.evidence}
    missing = [place for place, clause in enumerate(clauses) if clause["is_hard"] and place not in proven]
    if len(missing) > MOST_NAMED:
        # More than a refusal names one by one: all in one line, so that none is left out.
        places = ", ".join(map(str, missing))
        yield FieldFault(
            f"answer these hard clauses with evidence: {places}",
            f"请应答以下硬性条款并附证明材料：{places}",
            pointer="#/responses",
        )
        return
    answered = {one.clause: place for place, one in enumerate(responses)}
    for place in missing:
        text = clauses[place]["text"]
        where = f"#/responses/{answered[place]}/evidence" if place in answered else "#/responses"
        yield FieldFault(
            f"answer hard clause {place} with evidence: {text}",
            f"请应答第 {place} 条硬性条款并附证明材料：{text}",
            pointer=where,
        )


def _member_faults(members: Sequence[Member], submitter: OrganisationKey) -> Iterator[FieldFault]:
    counted = Counter(one.organisation for one in members)
    for place, one in enumerate(members):
        pointer = f"#/members/{place}/organisation"
        found = uscc.fault(one.organisation.code) if one.organisation.scheme == uscc.SCHEME else None
        if found:
            yield FieldFault(*found, pointer=f"{pointer}/code")
        if counted[one.organisation] > 1 or one.organisation == submitter:
            yield FieldFault(
                "name each member once, and not who submits", "成员不能重复，也不必列出提交方", pointer=pointer
            )


def refuse_not_open(state: SolicitationState) -> None:
    """Raises NotAllowedNow unless a solicitation takes solutions."""
    if state is not SolicitationState.OPEN:
        raise NotAllowedNow(
            f"The solicitation is {state}; solutions are submitted, changed and withdrawn while it is open",
            "仅可在征集期内提交、修改和撤回方案",
        )


def refuse_second(present: object | None) -> None:
    """Raises NotAllowedNow when an organisation has a solution that it did not withdraw."""
    if present is not None:
        raise NotAllowedNow(
            f"You have submitted one; replace it at /v1/solutions/{present}",
            f"贵单位已提交方案，请在 /v1/solutions/{present} 修改",
        )


def refuse_owner(parties: Sequence[OrganisationKey], owner: OrganisationKey) -> None:
    """Raises Forbidden when who called for solutions takes part in one, as submitter or member."""
    if owner in parties:
        raise Forbidden("Who calls for solutions takes no part in one", "征集方不能参与应答")


def refuse_sealed(state: SolicitationState, closes_at: object) -> None:
    """Raises NotAllowedNow: solutions are opened by their deadline alone, so a call cancelled before it opens none."""
    if state is SolicitationState.OPEN:
        raise NotAllowedNow(
            f"Solutions are sealed until the deadline {closes_at}", f"方案在截止时间 {closes_at} 之前不予开启"
        )
    raise NotAllowedNow(
        "The call was cancelled before its deadline, so its solutions stay sealed", "征集在截止前已取消，方案不予开启"
    )
