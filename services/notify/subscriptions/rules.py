"""Whom a match concerns, where a subscription may tell of it, and the life of a subscription; free of I/O."""

from enum import StrEnum

from common.contracts.dockings import Act, Parties
from common.contracts.matcher import MatchSnapshot
from common.fields import OrganisationKey
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class Channel(StrEnum):
    NATS = "nats"
    WEBHOOK = "webhook"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"
    EMAIL = "email"
    BROWSER = "browser"


class Topic(Vocabulary):
    """What a subscription may tell of: matches, what the other side says of one, steps of dockings, what becomes of
    demands that concern the organisation, calls for solutions and solutions, mandates of brokers, objections, steps of
    all else."""

    MATCH = "match"
    INTEREST = "interest"
    DOCKING = "docking"
    DEMAND = "demand"
    SOLICITATION = "solicitation"
    MANDATE = "mandate"
    OBJECTION = "objection"
    STEP = "step"


EVERYTHING = tuple(Topic)


class Calls(Vocabulary):
    """Of which calls for solutions to tell: those on demands that concern the organisation, or all."""

    CONCERNED = "concerned"
    ALL = "all"


class Versions(Vocabulary):
    """Of which versions of a match to tell: the first, or each."""

    NEW = "new"
    ALL = "all"


class MatchSide(StrEnum):
    """The part an organisation has in a match."""

    DEMAND_OWNER = "demand_owner"
    PROFILE_OWNER = "profile_owner"


class SubscriptionState(StrEnum):
    """`pending` until whoever is at the address has said that it is theirs."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class SubscriptionAction(StrEnum):
    CONFIRM = "confirm"
    PAUSE = "pause"
    RESUME = "resume"
    ASK = "ask"
    DISABLE = "disable"


class SubscriptionParty(StrEnum):
    """`receiver` is whoever is written to: an address answers, or a reader clicks, that nothing more is wanted."""

    SUBSCRIBER = "subscriber"
    RECEIVER = "receiver"


_PENDING = SubscriptionState.PENDING
_ACTIVE, _PAUSED, _DISABLED = SubscriptionState.ACTIVE, SubscriptionState.PAUSED, SubscriptionState.DISABLED
_SUBSCRIBER, _RECEIVER = frozenset({SubscriptionParty.SUBSCRIBER}), frozenset({SubscriptionParty.RECEIVER})

LIFE = Lifecycle(
    Label("subscription", "订阅"),
    moves=(
        Move(_PENDING, SubscriptionAction.CONFIRM, _ACTIVE, _RECEIVER),
        Move(_PENDING, SubscriptionAction.DISABLE, _DISABLED, _RECEIVER),
        # A receiver pauses by an answer that says what its owner has to change first.
        Move(_ACTIVE, SubscriptionAction.PAUSE, _PAUSED, _SUBSCRIBER | _RECEIVER),
        Move(_ACTIVE, SubscriptionAction.DISABLE, _DISABLED, _RECEIVER),
        Move(_PAUSED, SubscriptionAction.RESUME, _ACTIVE, _SUBSCRIBER),
        Move(_PAUSED, SubscriptionAction.DISABLE, _DISABLED, _RECEIVER),
        Move(_DISABLED, SubscriptionAction.RESUME, _ACTIVE, _SUBSCRIBER),
        # A webhook at another address, or one that never answered, is asked whether it takes notices.
        Move(_ACTIVE, SubscriptionAction.ASK, _PENDING, _SUBSCRIBER),
        Move(_PAUSED, SubscriptionAction.ASK, _PENDING, _SUBSCRIBER),
        Move(_DISABLED, SubscriptionAction.ASK, _PENDING, _SUBSCRIBER),
    ),
    states={_PENDING: "待确认", _ACTIVE: "生效", _PAUSED: "已暂停", _DISABLED: "已停用"},
    actions={
        SubscriptionAction.CONFIRM: Label("confirmed", "确认"),
        SubscriptionAction.PAUSE: Label("paused", "暂停"),
        SubscriptionAction.RESUME: Label("resumed", "恢复"),
        SubscriptionAction.ASK: Label("asked to confirm", "请求确认"),
        SubscriptionAction.DISABLE: Label("disabled", "停用"),
    },
    parties={
        SubscriptionParty.SUBSCRIBER: Label("its subscriber", "订阅方"),
        SubscriptionParty.RECEIVER: Label("its receiver", "接收方"),
    },
)


def sides(match: MatchSnapshot, organisation: OrganisationKey) -> frozenset[MatchSide]:
    owners = {MatchSide.DEMAND_OWNER: match.demand_owner, MatchSide.PROFILE_OWNER: match.profile_organisation}
    return frozenset(side for side, owner in owners.items() if owner == organisation)


def part_of(parties: Parties, organisation: OrganisationKey) -> frozenset[MatchSide]:
    owners = {MatchSide.DEMAND_OWNER: parties.owner, MatchSide.PROFILE_OWNER: parties.enterprise}
    return frozenset(side for side, owner in owners.items() if owner == organisation)


def recipients(parties: Parties, act: Act) -> set[OrganisationKey]:
    """Who hears of an act: the sides, but for one that acts itself. What a broker or the clock does, both hear of."""
    return {parties.owner, parties.enterprise} - ({act.actor} if act.actor else set())
