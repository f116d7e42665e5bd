"""The life of a mandate, and what it covers."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from common.errors import FieldFault, Forbidden, invalid
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move


class MandateState(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"


class MandateAction(StrEnum):
    REVOKE = "revoke"
    EXPIRE = "expire"


class MandateParty(StrEnum):
    """`broker` may give a mandate back; `clock` is its own last day."""

    GIVER = "giver"
    BROKER = "broker"
    CLOCK = "clock"


class Power(StrEnum):
    """What a broker may do in a docking; whoever may do any of it may read the docking."""

    OPEN = "open"
    ARRANGE = "arrange"
    AGREE = "agree"
    FAIL = "fail"
    CONTACTS = "contacts"


LIFE = Lifecycle(
    Label("mandate", "委托"),
    moves=(
        Move(
            MandateState.ACTIVE,
            MandateAction.REVOKE,
            MandateState.REVOKED,
            frozenset({MandateParty.GIVER, MandateParty.BROKER}),
        ),
        Move(MandateState.ACTIVE, MandateAction.EXPIRE, MandateState.EXPIRED, frozenset({MandateParty.CLOCK})),
    ),
    states={MandateState.ACTIVE: "有效", MandateState.REVOKED: "已撤销", MandateState.EXPIRED: "已到期"},
    actions={MandateAction.REVOKE: Label("revoked", "撤销"), MandateAction.EXPIRE: Label("expired", "到期")},
    parties={
        MandateParty.GIVER: Label("its giver", "委托方"),
        MandateParty.BROKER: Label("the broker", "经纪机构"),
        MandateParty.CLOCK: Label("the clock", "时钟"),
    },
)


class MandateScope(Protocol):
    """What a mandate covers: these powers, on dockings of this demand or profile when it names one."""

    @property
    def powers(self) -> Collection[Power]: ...
    @property
    def demand_id(self) -> UUID | None: ...
    @property
    def profile_id(self) -> UUID | None: ...


def state_at(expires_at: datetime, revoked_at: datetime | None, at: datetime) -> MandateState:
    """Exact to the moment, whatever loop is late."""
    if revoked_at is not None:
        return MandateState.REVOKED
    return MandateState.ACTIVE if at < expires_at else MandateState.EXPIRED


def refuse_over(state: MandateState) -> None:
    if state is not MandateState.ACTIVE:
        raise Forbidden(
            f"The mandate is {state}; its giver can give a new one", f"该委托{LIFE.states[state]}，需由委托方重新委托"
        )


def refuse_beyond(scope: MandateScope, power: Power | None, demand_id: UUID, profile_id: UUID) -> None:
    """`power` None asks to read, which every mandate allows within its subject."""
    limits = ((scope.demand_id, demand_id, "demand", "需求"), (scope.profile_id, profile_id, "profile", "能力画像"))
    for limit, about, noun, noun_zh in limits:
        if limit is not None and limit != about:
            raise Forbidden(f"The mandate is for another {noun}", f"该委托只涉及另一{noun_zh}")
    if power is not None and power not in scope.powers:
        allowed = ", ".join(scope.powers)
        raise Forbidden(
            f"The mandate does not include `{power}`; it includes {allowed}", f"该委托不含 {power}，仅含：{allowed}"
        )


def refuse_faulty(giver: OrganisationKey, broker: OrganisationKey, expires_at: datetime, at: datetime) -> None:
    if broker == giver:
        detail = "name another organisation than your own"
        raise invalid(FieldFault(detail, "经纪机构不能是本单位", pointer="#/broker"))
    if expires_at <= at:
        raise invalid(FieldFault("give a time to come", "到期时间应晚于现在", pointer="#/expires_at"))
