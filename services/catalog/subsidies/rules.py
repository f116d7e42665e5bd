"""The life of a subsidy scheme, and what its terms must satisfy."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from common.contracts.words import SubsidySchemeState
from common.errors import FieldFault, invalid
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move

PLANNED, OPEN, CLOSED = SubsidySchemeState.PLANNED, SubsidySchemeState.OPEN, SubsidySchemeState.CLOSED


class SubsidySchemeAction(StrEnum):
    OPEN = "open"
    CLOSE = "close"


class SubsidySchemeParty(StrEnum):
    OWNER = "owner"
    CLOCK = "clock"


_EITHER = frozenset(SubsidySchemeParty)

LIFE = Lifecycle(
    Label("subsidy_scheme", "补贴项目"),
    moves=(
        Move(PLANNED, SubsidySchemeAction.OPEN, OPEN, _EITHER),
        Move(PLANNED, SubsidySchemeAction.CLOSE, CLOSED, frozenset({SubsidySchemeParty.OWNER})),
        Move(OPEN, SubsidySchemeAction.CLOSE, CLOSED, _EITHER),
    ),
    states={PLANNED: "待开放", OPEN: "受理中", CLOSED: "已截止"},
    actions={
        SubsidySchemeAction.OPEN: Label("opened", "开放申报"),
        SubsidySchemeAction.CLOSE: Label("closed", "截止申报"),
    },
    parties={
        SubsidySchemeParty.OWNER: Label("the authority that set it", "设立单位"),
        SubsidySchemeParty.CLOCK: Label("the clock", "系统定时"),
    },
)


class SubsidyTerms(Protocol):
    """What a scheme says that must agree."""

    @property
    def cap_claim_fen(self) -> int: ...
    @property
    def cap_total_fen(self) -> int: ...
    @property
    def handlers(self) -> Sequence[OrganisationKey]: ...
    @property
    def opens_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...


def refuse_faulty(terms: SubsidyTerms, owner: OrganisationKey, at: datetime, *, has_policy: bool) -> None:
    """Raises InvalidInput naming the fields that cannot be right.

    has_policy  whether the policy it names is there, or it names none
    """
    faults = [*_time_faults(terms, at), *_handler_faults(terms.handlers, owner)]
    if terms.cap_claim_fen > terms.cap_total_fen:
        faults.append(
            FieldFault("give no more than cap_total_fen", "不能大于 cap_total_fen", pointer="#/cap_claim_fen")
        )
    if not has_policy:
        faults.append(
            FieldFault("give the id of a policy of /v1/policies", "请填写已登记政策的 id", pointer="#/policy_id")
        )
    if faults:
        raise invalid(*faults)


def _time_faults(terms: SubsidyTerms, at: datetime) -> Iterator[FieldFault]:
    for name, moment in (("opens_at", terms.opens_at), ("closes_at", terms.closes_at)):
        if moment is not None and moment <= at:
            yield FieldFault(f"give a time after {at.isoformat()}", "应晚于当前时间", pointer=f"#/{name}")
    if terms.opens_at is not None and terms.closes_at is not None and terms.opens_at >= terms.closes_at:
        yield FieldFault("give a time before closes_at", "应早于 closes_at", pointer="#/opens_at")


def _handler_faults(handlers: Sequence[OrganisationKey], owner: OrganisationKey) -> Iterator[FieldFault]:
    for place, one in enumerate(handlers):
        if one == owner or one in handlers[:place]:
            yield FieldFault(
                "name each organisation once, and not your own",
                "每个单位只填一次，且不必填写本单位",
                pointer=f"#/handlers/{place}",
            )
