"""The life of a data offer."""

from datetime import datetime, timedelta
from enum import StrEnum

from common.contracts.words import DataOfferState
from common.errors import FieldFault, NotAllowedNow, invalid
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move

_Is = DataOfferState
LONGEST = timedelta(days=366)
"""Of a grant, from when it is given or extended."""


class DataOfferAction(StrEnum):
    GRANT = "grant"
    REFUSE = "refuse"
    EXTEND = "extend"
    REVOKE = "revoke"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


class DataOfferParty(StrEnum):
    REQUESTER = "requester"
    HOLDER = "holder"
    CLOCK = "clock"


_Do, _By = DataOfferAction, DataOfferParty
_REQUESTER, _HOLDER = frozenset({_By.REQUESTER}), frozenset({_By.HOLDER})

LIFE = Lifecycle(
    Label("data offer", "数据支持"),
    moves=(
        Move(_Is.REQUESTED, _Do.GRANT, _Is.GRANTED, _HOLDER),
        Move(_Is.REQUESTED, _Do.REFUSE, _Is.REFUSED, _HOLDER),
        Move(_Is.REQUESTED, _Do.WITHDRAW, _Is.WITHDRAWN, _REQUESTER),
        Move(_Is.GRANTED, _Do.EXTEND, _Is.GRANTED, _HOLDER),
        Move(_Is.GRANTED, _Do.REVOKE, _Is.REVOKED, _HOLDER),
        Move(_Is.GRANTED, _Do.EXPIRE, _Is.EXPIRED, frozenset({_By.CLOCK})),
        Move(_Is.GRANTED, _Do.WITHDRAW, _Is.WITHDRAWN, _REQUESTER),
    ),
    states={
        _Is.REQUESTED: "已申请",
        _Is.GRANTED: "已授权",
        _Is.REFUSED: "未同意",
        _Is.WITHDRAWN: "已撤回",
        _Is.EXPIRED: "已到期",
        _Is.REVOKED: "已收回",
    },
    actions={
        _Do.GRANT: Label("granted", "授权"),
        _Do.REFUSE: Label("refused", "不同意"),
        _Do.EXTEND: Label("extended", "延期"),
        _Do.REVOKE: Label("revoked", "收回"),
        _Do.EXPIRE: Label("ended", "到期"),
        _Do.WITHDRAW: Label("withdrawn", "撤回"),
    },
    parties={
        _By.REQUESTER: Label("who asked for the data", "申请单位"),
        _By.HOLDER: Label("who holds the data", "数据持有单位"),
        _By.CLOCK: Label("the clock", "系统定时"),
    },
)


def refuse_own(requester: OrganisationKey, holder: OrganisationKey) -> None:
    if requester == holder:
        raise NotAllowedNow("These data are yours already", "该数据由您自己持有")


def refuse_faulty(expires_at: datetime, at: datetime) -> None:
    """Raises InvalidInput for a grant that ends before it begins, or never soon."""
    if not at < expires_at <= at + LONGEST:
        raise invalid(
            FieldFault(
                f"give a time after {at.isoformat()}, {LONGEST.days} days from now at most",
                f"应晚于当前时间，且不超过 {LONGEST.days} 天",
                pointer="#/expires_at",
            )
        )
