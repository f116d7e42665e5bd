"""The life of a subsidy claim, what it comes to, and who may decide on it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from common.contracts.words import SolutionState, SubsidyClaimState, SubsidySchemeState
from common.errors import FieldFault, Forbidden, NotAllowedNow, invalid
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move
from common.roles import Role

FILED, VERIFIED, PUBLICISED = SubsidyClaimState.FILED, SubsidyClaimState.VERIFIED, SubsidyClaimState.PUBLICISED
APPROVED, PAID, CLAWED_BACK = SubsidyClaimState.APPROVED, SubsidyClaimState.PAID, SubsidyClaimState.CLAWED_BACK
REFUSED, WITHDRAWN = SubsidyClaimState.REFUSED, SubsidyClaimState.WITHDRAWN
WHOLE_RATE = 10_000
"""Basis points."""


class SubsidyClaimAction(StrEnum):
    """`conclude` is the end of the public notice."""

    VERIFY = "verify"
    PUBLICISE = "publicise"
    CONCLUDE = "conclude"
    APPROVE = "approve"
    PAY = "pay"
    RECLAIM = "reclaim"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class SubsidyClaimParty(StrEnum):
    CLAIMANT = "claimant"
    OFFICER = "officer"
    CLOCK = "clock"


_Do = SubsidyClaimAction
_CLAIMANT, _OFFICER = frozenset({SubsidyClaimParty.CLAIMANT}), frozenset({SubsidyClaimParty.OFFICER})

LIFE = Lifecycle(
    Label("subsidy_claim", "补贴申请"),
    moves=(
        Move(FILED, _Do.VERIFY, VERIFIED, _OFFICER),
        Move(FILED, _Do.REFUSE, REFUSED, _OFFICER),
        Move(FILED, _Do.WITHDRAW, WITHDRAWN, _CLAIMANT),
        Move(VERIFIED, _Do.PUBLICISE, PUBLICISED, _OFFICER),
        Move(VERIFIED, _Do.REFUSE, REFUSED, _OFFICER),
        Move(VERIFIED, _Do.WITHDRAW, WITHDRAWN, _CLAIMANT),
        Move(PUBLICISED, _Do.CONCLUDE, PUBLICISED, frozenset({SubsidyClaimParty.CLOCK})),
        Move(PUBLICISED, _Do.APPROVE, APPROVED, _OFFICER),
        Move(PUBLICISED, _Do.REFUSE, REFUSED, _OFFICER),
        Move(PUBLICISED, _Do.WITHDRAW, WITHDRAWN, _CLAIMANT),
        Move(APPROVED, _Do.PAY, PAID, _OFFICER),
        Move(APPROVED, _Do.RECLAIM, CLAWED_BACK, _OFFICER),
        Move(PAID, _Do.RECLAIM, CLAWED_BACK, _OFFICER),
    ),
    states={
        FILED: "已申请",
        VERIFIED: "已核实",
        PUBLICISED: "公示中",
        APPROVED: "已批准",
        PAID: "已拨付",
        CLAWED_BACK: "已追回",
        REFUSED: "未通过",
        WITHDRAWN: "已撤回",
    },
    actions={
        _Do.VERIFY: Label("verified", "核实"),
        _Do.PUBLICISE: Label("publicised", "公示"),
        _Do.CONCLUDE: Label("concluded", "结束公示"),
        _Do.APPROVE: Label("approved", "批准"),
        _Do.PAY: Label("paid", "拨付"),
        _Do.RECLAIM: Label("clawed back", "追回"),
        _Do.REFUSE: Label("refused", "不予通过"),
        _Do.WITHDRAW: Label("withdrawn", "撤回"),
    },
    parties={
        SubsidyClaimParty.CLAIMANT: Label("its claimant", "申请单位"),
        SubsidyClaimParty.OFFICER: Label("a subsidy_officer of the scheme", "该补贴项目的经办人员"),
        SubsidyClaimParty.CLOCK: Label("the clock", "系统定时"),
    },
)

ENDED_UNPAID = (REFUSED, WITHDRAWN)


class Balance(NamedTuple):
    """Of one scheme, in fen: `cap_total` is `approved` and `paid` and `remaining` together; what was clawed back is
    free again."""

    cap_total: int
    approved: int
    paid: int
    clawed_back: int

    @property
    def remaining(self) -> int:
        return self.cap_total - self.approved - self.paid


def balance(cap_total: int, sums: Mapping[SubsidyClaimState, int]) -> Balance:
    """sums  of the amounts of claims, by their state"""
    return Balance(cap_total, sums.get(APPROVED, 0), sums.get(PAID, 0), sums.get(CLAWED_BACK, 0))


def entitled(cost_fen: int, rate_basis_points: int, cap_claim_fen: int) -> int:
    """What a claim comes to at most: the rate of its cost, a fraction of a fen left out, up to the cap of one claim."""
    return min(cost_fen * rate_basis_points // WHOLE_RATE, cap_claim_fen)


class Involved(NamedTuple):
    """Who had a part in what a claim is for.

    claimants   who takes part in the solution
    evaluating  whose people scored it, and who selected it
    evaluators  persons who scored it, as their tokens name them
    filed_by    the person who filed the claim
    """

    claimants: frozenset[OrganisationKey]
    evaluating: frozenset[OrganisationKey]
    evaluators: frozenset[str]
    filed_by: str


class Person(Protocol):
    """Somebody who acts, as their token names them."""

    @property
    def subject(self) -> str: ...
    @property
    def organisation(self) -> OrganisationKey: ...


def parties(roles: Collection[str], *, is_claimant: bool, is_handler: bool) -> frozenset[SubsidyClaimParty]:
    """All that a caller is to a claim.

    is_handler  whether their organisation handles the scheme
    """
    found = (
        (is_claimant, SubsidyClaimParty.CLAIMANT),
        (is_handler and Role.SUBSIDY_OFFICER in roles, SubsidyClaimParty.OFFICER),
    )
    return frozenset(party for applies, party in found if applies)


def refuse_involved(person: Person, involved: Involved) -> None:
    """Raises Forbidden for a person who, or whose organisation, has a part in what the claim is for."""
    if person.organisation in involved.claimants or person.subject == involved.filed_by:
        raise Forbidden(
            "Nobody decides on a claim of their own organisation, or that they filed", "不得办理本单位或本人提出的申请"
        )
    if person.organisation in involved.evaluating or person.subject in involved.evaluators:
        raise Forbidden(
            "Whoever evaluated or selected the solution, person or organisation, does not decide on its subsidy",
            "参与该方案评审或选定的个人和单位不得办理其补贴",
        )


def refuse_same(subject: str, verified_by: str | None) -> None:
    """Raises Forbidden when who verified a claim would approve it too."""
    if subject == verified_by:
        raise Forbidden("Whoever verified a claim does not approve it", "核实人不得同时批准")


def refuse_no_officer(roles: Collection[str]) -> None:
    """Raises Forbidden unless a caller decides on claims."""
    if Role.SUBSIDY_OFFICER not in roles:
        raise Forbidden(f"The token needs the role {Role.SUBSIDY_OFFICER}", f"令牌需要具有角色：{Role.SUBSIDY_OFFICER}")


def refuse_not_open(state: SubsidySchemeState) -> None:
    """Raises NotAllowedNow unless a scheme takes claims."""
    if state is not SubsidySchemeState.OPEN:
        raise NotAllowedNow(f"The scheme is {state}; claims are filed while it is open", "仅可在受理期内申请")


def refuse_no_basis(state: SolutionState, *, was_adopted: bool) -> None:
    """Raises NotAllowedNow unless a solution was selected and adopted."""
    if state is not SolutionState.SELECTED:
        raise NotAllowedNow(f"The solution is {state}; one that was selected is subsidised", "仅对已选定的方案给予补贴")
    if not was_adopted:
        raise NotAllowedNow(
            "The demand's owner has not adopted the solution: claim when the demand is adopted",
            "需求方尚未采纳该方案，请在采纳后申请",
        )


def refuse_unvalidated(accepted: object | None) -> None:
    """Raises NotAllowedNow when no validation of a solution stands on a scheme that needs one."""
    if accepted is None:
        raise NotAllowedNow(
            "The scheme needs a validation of this solution that is accepted and not in doubt: /v1/validations",
            "该补贴项目要求该方案已有通过且未被质疑的应用验证：/v1/validations",
        )


def refuse_second(present: object | None) -> None:
    """Raises NotAllowedNow when there is a claim for the same solution on the same scheme."""
    if present is not None:
        raise NotAllowedNow(
            f"It is claimed for at /v1/subsidy-claims/{present}", f"该方案已申请：/v1/subsidy-claims/{present}"
        )


def refuse_nothing(amount_fen: int, remaining_fen: int) -> None:
    """Raises InvalidInput when a claim comes to nothing, NotAllowedNow when nothing is left to grant."""
    if amount_fen == 0:
        raise invalid(
            FieldFault(
                "give a cost of which the rate is a fen at least", "按补贴比例计算不足一分", pointer="#/cost_fen"
            )
        )
    if remaining_fen <= 0:
        raise NotAllowedNow("All of the scheme's total is granted", "该补贴项目资金已用完")


def refuse_excess(amount_fen: int, claimed_fen: int, remaining_fen: int) -> None:
    """Raises InvalidInput for more than was claimed, NotAllowedNow for more than is left of the total."""
    if amount_fen > claimed_fen:
        raise invalid(FieldFault(f"give no more than {claimed_fen}", f"不能超过 {claimed_fen}", pointer="#/amount_fen"))
    if amount_fen > remaining_fen:
        raise NotAllowedNow(
            f"Of the scheme's total {remaining_fen} fen are left; approve no more than that as amount_fen",
            f"该补贴项目余额为 {remaining_fen} 分，请在余额内填写 amount_fen",
        )


def refuse_in_notice(notice_ends_at: datetime | None, at: datetime) -> None:
    """Raises NotAllowedNow before the public notice has ended."""
    if notice_ends_at is None or at < notice_ends_at:
        until = notice_ends_at.isoformat() if notice_ends_at else "…"
        raise NotAllowedNow(f"Its public notice runs until {until}", f"公示期至 {until}，期满后方可批准")
