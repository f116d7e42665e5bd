"""The life of a consent."""

from enum import StrEnum

from common.errors import NotAllowedNow
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class ConsentState(Vocabulary):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class ConsentAction(StrEnum):
    """`open` is a look at the full text."""

    GRANT = "grant"
    REFUSE = "refuse"
    OPEN = "open"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"


class ConsentParty(StrEnum):
    INVESTOR = "investor"
    PRESENTER = "presenter"


REQUESTED, GRANTED, REFUSED = ConsentState.REQUESTED, ConsentState.GRANTED, ConsentState.REFUSED
REVOKED, WITHDRAWN = ConsentState.REVOKED, ConsentState.WITHDRAWN
_Do = ConsentAction
_INVESTOR, _PRESENTER = frozenset({ConsentParty.INVESTOR}), frozenset({ConsentParty.PRESENTER})

LIFE = Lifecycle(
    Label("consent", "查阅授权"),
    moves=(
        Move(REQUESTED, _Do.GRANT, GRANTED, _PRESENTER),
        Move(REQUESTED, _Do.REFUSE, REFUSED, _PRESENTER),
        Move(REQUESTED, _Do.WITHDRAW, WITHDRAWN, _INVESTOR),
        Move(GRANTED, _Do.OPEN, GRANTED, _INVESTOR),
        Move(GRANTED, _Do.REVOKE, REVOKED, _PRESENTER),
        Move(GRANTED, _Do.WITHDRAW, WITHDRAWN, _INVESTOR),
    ),
    states={
        REQUESTED: "已申请",
        GRANTED: "已授权",
        REFUSED: "未同意",
        REVOKED: "已撤销",
        WITHDRAWN: "已撤回",
    },
    actions={
        _Do.GRANT: Label("granted", "同意"),
        _Do.REFUSE: Label("refused", "不同意"),
        _Do.OPEN: Label("opened", "查阅"),
        _Do.REVOKE: Label("revoked", "撤销"),
        _Do.WITHDRAW: Label("withdrawn", "撤回"),
    },
    parties={
        ConsentParty.INVESTOR: Label("the investor", "投资方"),
        ConsentParty.PRESENTER: Label("who presents", "路演方"),
    },
)


def refuse_second(standing: object | None) -> None:
    """Raises NotAllowedNow when an investor has asked already."""
    if standing is not None:
        raise NotAllowedNow(f"You have asked already: {standing}", f"已提出申请：{standing}")
