"""Whom a match concerns, what a subscription may say, and the life of a subscription; free of I/O."""

import hashlib
import json
from collections.abc import Collection, Set
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from common import tracks
from common.contracts.dockings import Act, Parties
from common.contracts.envelope import TolerantModel
from common.contracts.matcher import MatchSnapshot
from common.contracts.words import DemandKind, Domain
from common.errors import invalid
from common.fields import Line, OrganisationKey, Whole
from common.lifecycle import Label, Lifecycle, Move
from common.tracks import Tracks
from common.vocabulary import Vocabulary


class Channel(StrEnum):
    NATS = "nats"
    WEBHOOK = "webhook"


class Topic(Vocabulary):
    """What a subscription may tell of: matches, what the other side says of one, steps of dockings, what becomes of
    demands that concern the organisation, calls for solutions and solutions, mandates of brokers, steps of all else."""

    MATCH = "match"
    INTEREST = "interest"
    DOCKING = "docking"
    DEMAND = "demand"
    SOLICITATION = "solicitation"
    MANDATE = "mandate"
    STEP = "step"


EVERYTHING = tuple(Topic)


class Calls(Vocabulary):
    """Of which calls for solutions to tell: those on demands that concern the organisation, or all."""

    CONCERNED = "concerned"
    ALL = "all"


class MatchSide(StrEnum):
    """The part an organisation has in a match."""

    DEMAND_OWNER = "demand_owner"
    PROFILE_OWNER = "profile_owner"


class SubscriptionState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class SubscriptionAction(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    DISABLE = "disable"


class SubscriptionParty(StrEnum):
    """`receiver` is whoever is written to: an address answers, or a reader clicks, that nothing more is wanted."""

    SUBSCRIBER = "subscriber"
    RECEIVER = "receiver"


_ACTIVE, _PAUSED, _DISABLED = SubscriptionState.ACTIVE, SubscriptionState.PAUSED, SubscriptionState.DISABLED
_SUBSCRIBER, _RECEIVER = frozenset({SubscriptionParty.SUBSCRIBER}), frozenset({SubscriptionParty.RECEIVER})

LIFE = Lifecycle(
    Label("subscription", "订阅"),
    moves=(
        Move(_ACTIVE, SubscriptionAction.PAUSE, _PAUSED, _SUBSCRIBER),
        Move(_ACTIVE, SubscriptionAction.DISABLE, _DISABLED, _RECEIVER),
        Move(_PAUSED, SubscriptionAction.RESUME, _ACTIVE, _SUBSCRIBER),
        Move(_PAUSED, SubscriptionAction.DISABLE, _DISABLED, _RECEIVER),
        Move(_DISABLED, SubscriptionAction.RESUME, _ACTIVE, _SUBSCRIBER),
    ),
    states={_ACTIVE: "生效", _PAUSED: "已暂停", _DISABLED: "已停用"},
    actions={
        SubscriptionAction.PAUSE: Label("paused", "暂停"),
        SubscriptionAction.RESUME: Label("resumed", "恢复"),
        SubscriptionAction.DISABLE: Label("disabled", "停用"),
    },
    parties={
        SubscriptionParty.SUBSCRIBER: Label("its subscriber", "订阅方"),
        SubscriptionParty.RECEIVER: Label("its receiver", "接收方"),
    },
)


class SubscriptionFilters(TolerantModel):
    """Which matches to tell of, and what else. An empty list lets everything pass; lists narrow each other. News of the
    organisation's own affairs is narrowed by `topics` and `roles` alone."""

    kinds: Annotated[tuple[DemandKind, ...], Field(max_length=10)] = ()
    tracks: Annotated[tuple[Line, ...], Field(max_length=50, description="One in common is enough.")] = ()
    domains: Annotated[tuple[Domain, ...], Field(max_length=20)] = ()
    least_fit: Whole = Field(
        47, ge=0, le=100, description="47 is where the band 较强 begins; with 0 you hear of weak fits too."
    )
    roles: Annotated[tuple[MatchSide, ...], Field(min_length=1, max_length=2)] = (
        MatchSide.DEMAND_OWNER,
        MatchSide.PROFILE_OWNER,
    )
    topics: Annotated[tuple[Topic, ...], Field(min_length=1, max_length=len(EVERYTHING))] = EVERYTHING
    calls: Calls = Field(
        Calls.CONCERNED,
        description="With `all` you hear of every call for solutions that passes `kinds`, `tracks` and `domains`.",
    )


def digest_of(channel: Channel, url: str | None, filters: SubscriptionFilters) -> str:
    """A digest of what is wished for: the same however the words of a filter are ordered, or how often one is named."""
    narrowed = {name: sorted(set(words)) for name, words in filters.model_dump().items() if isinstance(words, tuple)}
    if narrowed["topics"] == sorted(EVERYTHING):
        # As before there were topics, so that an older subscription is known as the same wish.
        del narrowed["topics"]
    said = [channel, url, filters.least_fit, sorted(narrowed.items())]
    if filters.calls is not Calls.CONCERNED:
        said.append(filters.calls)
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def resolved(filters: SubscriptionFilters, known: Tracks) -> SubscriptionFilters:
    """With tracks in place of their English names. Raises InvalidInput naming each that is unknown or named twice."""
    faults = list(tracks.faults(filters.tracks, known, pointer="#/filters/tracks"))
    if faults:
        raise invalid(*faults)
    return filters.model_copy(update={"tracks": tuple(tracks.resolved(filters.tracks, known))})


def sides(match: MatchSnapshot, organisation: OrganisationKey) -> frozenset[MatchSide]:
    owners = {MatchSide.DEMAND_OWNER: match.demand_owner, MatchSide.PROFILE_OWNER: match.profile_organisation}
    return frozenset(side for side, owner in owners.items() if owner == organisation)


def wants(filters: SubscriptionFilters, match: MatchSnapshot, organisation: OrganisationKey) -> bool:
    """Whether the match holds now and passes every filter of this organisation's subscription."""
    return (
        Topic.MATCH in filters.topics
        and match.is_current
        and match.fit >= filters.least_fit
        and not sides(match, organisation).isdisjoint(filters.roles)
        and _is_open_to(filters.kinds, {match.demand_kind})
        and _is_open_to(filters.domains, {match.domain})
        and _is_open_to(filters.tracks, set(match.tracks))
    )


def part_of(parties: Parties, organisation: OrganisationKey) -> frozenset[MatchSide]:
    owners = {MatchSide.DEMAND_OWNER: parties.owner, MatchSide.PROFILE_OWNER: parties.enterprise}
    return frozenset(side for side, owner in owners.items() if owner == organisation)


def recipients(parties: Parties, act: Act) -> set[OrganisationKey]:
    """Who hears of an act: the sides, but for one that acts itself. What a broker or the clock does, both hear of."""
    return {parties.owner, parties.enterprise} - ({act.actor} if act.actor else set())


def wants_news(filters: SubscriptionFilters, topic: Topic, sides: Set[MatchSide]) -> bool:
    """`sides` is the part that the organisation has in the matter, which may be none to speak of."""
    return topic in filters.topics and (not sides or not sides.isdisjoint(filters.roles))


class Filing(NamedTuple):
    """How a demand is filed; None where that was not said."""

    kind: DemandKind | None
    domain: Domain | None
    tracks: Collection[str]


def wants_call(filters: SubscriptionFilters, filing: Filing) -> bool:
    """Whether a subscription is for every call for solutions that is filed so."""
    return (
        filters.calls is Calls.ALL
        and Topic.SOLICITATION in filters.topics
        and _is_open_to(filters.kinds, _said(filing.kind))
        and _is_open_to(filters.domains, _said(filing.domain))
        and _is_open_to(filters.tracks, set(filing.tracks))
    )


def _said(word: str | None) -> set[str]:
    return set() if word is None else {word}


def _is_open_to(wanted: Collection[str], present: Collection[str]) -> bool:
    return not wanted or not set(wanted).isdisjoint(present)


def should_hear(
    filters: SubscriptionFilters, match: MatchSnapshot, organisation: OrganisationKey, last_told: MatchSnapshot | None
) -> bool:
    """Whoever wants a match hears of it; whoever was told a version they wanted hears once that it no longer is so."""
    if wants(filters, match, organisation):
        return True
    return last_told is not None and wants(filters, last_told, organisation)
