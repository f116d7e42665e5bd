"""The life of a transfer, and how its sums are shared."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import NamedTuple

from common.errors import FieldFault, Forbidden, NotAllowedNow, invalid
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class TransferState(Vocabulary):
    PROPOSED = "proposed"
    DOCKED = "docked"
    VALUED = "valued"
    CONTRACTED = "contracted"
    REGISTERED = "registered"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class TransferType(Vocabulary):
    """The types of technology contracts, as they are registered."""

    DEVELOPMENT = "development"
    ASSIGNMENT = "assignment"
    LICENCE = "licence"
    CONSULTING = "consulting"
    SERVICE = "service"


class ValuationMethod(Vocabulary):
    MARKET = "market"
    INCOME = "income"
    COST = "cost"
    AGREEMENT = "agreement"


class TransferAction(StrEnum):
    """`dock` is the last confirmation, `contract` the last signature."""

    CONFIRM = "confirm"
    DOCK = "dock"
    VALUE = "value"
    OFFER = "offer"
    SIGN = "sign"
    CONTRACT = "contract"
    REGISTER = "register"
    DELIVER = "deliver"
    CANCEL = "cancel"


class TransferParty(StrEnum):
    SELLER = "seller"
    BUYER = "buyer"
    BROKER = "broker"


PROPOSED, DOCKED, VALUED = TransferState.PROPOSED, TransferState.DOCKED, TransferState.VALUED
CONTRACTED, REGISTERED = TransferState.CONTRACTED, TransferState.REGISTERED
DELIVERED, CANCELLED = TransferState.DELIVERED, TransferState.CANCELLED
_Do, _ANY = TransferAction, frozenset(TransferParty)

LIFE = Lifecycle(
    Label("transfer", "技术转移"),
    moves=(
        Move(PROPOSED, _Do.CONFIRM, PROPOSED, _ANY),
        Move(PROPOSED, _Do.DOCK, DOCKED, _ANY),
        Move(DOCKED, _Do.VALUE, VALUED, _ANY),
        Move(VALUED, _Do.VALUE, VALUED, _ANY),
        Move(VALUED, _Do.OFFER, VALUED, _ANY),
        Move(VALUED, _Do.SIGN, VALUED, _ANY),
        Move(VALUED, _Do.CONTRACT, CONTRACTED, _ANY),
        Move(CONTRACTED, _Do.REGISTER, REGISTERED, _ANY),
        Move(REGISTERED, _Do.DELIVER, DELIVERED, frozenset({TransferParty.BUYER})),
        *(Move(state, _Do.CANCEL, CANCELLED, _ANY) for state in (PROPOSED, DOCKED, VALUED)),
    ),
    states={
        PROPOSED: "待确认",
        DOCKED: "已对接",
        VALUED: "已评估",
        CONTRACTED: "已签约",
        REGISTERED: "已登记",
        DELIVERED: "已交付",
        CANCELLED: "已取消",
    },
    actions={
        _Do.CONFIRM: Label("confirmed", "确认"),
        _Do.DOCK: Label("confirmed by the last of its parties", "全部确认"),
        _Do.VALUE: Label("valued", "评估"),
        _Do.OFFER: Label("given terms", "提出条款"),
        _Do.SIGN: Label("signed", "签署"),
        _Do.CONTRACT: Label("signed by the last of its parties", "全部签署"),
        _Do.REGISTER: Label("registered", "登记"),
        _Do.DELIVER: Label("accepted as delivered", "确认交付"),
        _Do.CANCEL: Label("cancelled", "取消"),
    },
    parties={
        TransferParty.SELLER: Label("the seller", "转让方"),
        TransferParty.BUYER: Label("the buyer", "受让方"),
        TransferParty.BROKER: Label("the broker", "经纪机构"),
    },
)


class InstalmentShare(NamedTuple):
    """What of one instalment goes to whom, in fen."""

    amount_fen: int
    seller_fen: int
    broker_fen: int


def shares(amounts: Sequence[int], fee_fen: int) -> list[InstalmentShare]:
    """How instalments are shared so that after each the broker has had its part of the fee, rounded down: all amounts
    add up to the price, the broker's shares to the fee, and nobody's share is negative.

    amounts  of the instalments in their order, each 0 at least
    fee_fen  at most their sum
    """
    price = sum(amounts)
    due = [fee_fen * reached // price if price else 0 for reached in accumulate(amounts, initial=0)]
    return [
        InstalmentShare(amount, amount - (after - before), after - before)
        for amount, (before, after) in zip(amounts, pairwise(due), strict=True)
    ]


def refuse_same(keys: Collection[OrganisationKey]) -> None:
    """Raises InvalidInput when one organisation would be two parties."""
    if len(set(keys)) < len(keys):
        raise invalid(FieldFault("name another organisation for each party", "各方应为不同单位", pointer="#/buyer"))


def refuse_stranger(parties: Collection[OrganisationKey], caller: OrganisationKey) -> None:
    """Raises Forbidden when who proposes is none of the parties."""
    if caller not in parties:
        raise Forbidden("Only a party proposes a transfer", "仅交易方可以发起技术转移")


def refuse_mandate(broker: object | None, mandate_id: object | None) -> None:
    """Raises InvalidInput unless broker and mandate are given together."""
    if (broker is None) != (mandate_id is None):
        raise invalid(
            FieldFault(
                "give broker and mandate_id together, or neither",
                "broker 与 mandate_id 应同时填写，或都不填",
                pointer="#/mandate_id",
            )
        )


def refuse_again(parties: Collection[str], done: Iterable[str]) -> None:
    """Raises NotAllowedNow when a caller has confirmed or signed already."""
    if set(parties) & set(done):
        raise NotAllowedNow("You have done that already; the others have not yet", "贵方已确认，请等待其他各方")


def refuse_valuer(valuer: OrganisationKey, parties: Collection[OrganisationKey]) -> None:
    """Raises InvalidInput when a party would value what is traded."""
    if valuer in parties:
        raise invalid(FieldFault("name a valuer who is not a party", "评估机构不能是交易方", pointer="#/valuer"))


def refuse_unbalanced(price_fen: int, fee_fen: int, amounts: Sequence[int], *, has_broker: bool) -> None:
    """Raises InvalidInput naming every sum that does not balance."""
    if faults := tuple(_sum_faults(price_fen, fee_fen, amounts, has_broker)):
        raise invalid(*faults)


def _sum_faults(price_fen: int, fee_fen: int, amounts: Sequence[int], has_broker: bool) -> Iterator[FieldFault]:
    if fee_fen and not has_broker:
        yield FieldFault("give 0, there is no broker", "没有经纪机构，应为 0", pointer="#/broker_fee_fen")
    elif fee_fen > price_fen:
        yield FieldFault("give no more than price_fen", "不能超过 price_fen", pointer="#/broker_fee_fen")
    if sum(amounts) != price_fen:
        yield FieldFault(
            f"give instalments that add up to price_fen; these come to {sum(amounts)}",
            f"各期金额之和应等于 price_fen，现为 {sum(amounts)}",
            pointer="#/instalments",
        )


def refuse_no_terms(price_fen: int | None) -> None:
    """Raises NotAllowedNow while there is nothing to sign."""
    if price_fen is None:
        raise NotAllowedNow("There are no terms yet; offer some first", "尚未提出条款，请先提出条款")
