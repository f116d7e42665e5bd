"""What there is to tell beside matches: which events, of which topic, to whom, told as what."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from common.contracts import catalog, solicitations
from common.contracts.dockings import DOCKING_EVENTS, INTEREST_EVENTS, DockingEvent, DockingReminded, InterestEvent
from common.contracts.envelope import Event
from common.contracts.mandates import MANDATE_EVENTS, MandateEvent
from common.contracts.notify import (
    DemandNotified,
    DockingNotified,
    InterestNotified,
    MandateNotified,
    Notified,
    ObjectionNotified,
    SolicitationNotified,
    StepNotified,
    StepTold,
)
from common.contracts.objections import OBJECTION_EVENTS, ObjectionEvent
from common.fields import OrganisationKey
from notify.concerns import rules as concerns
from notify.concerns.rules import Heard
from notify.reminders.rules import CLOSING
from notify.subscriptions.filters import Filing
from notify.subscriptions.rules import MatchSide, Topic, part_of, recipients

NOTICES: Mapping[Topic, type[Notified]] = {
    Topic.INTEREST: InterestNotified,
    Topic.DOCKING: DockingNotified,
    Topic.DEMAND: DemandNotified,
    Topic.SOLICITATION: SolicitationNotified,
    Topic.MANDATE: MandateNotified,
    Topic.OBJECTION: ObjectionNotified,
    Topic.STEP: StepNotified,
}
DIGEST_NEWS = "notify.digest"
"""What a delivery tells of that tells of many others."""
ENDED, PAUSED = "notify.subscription.disabled", "notify.subscription.paused"
"""What its owner is told by other channels when a receiver ends a subscription, or has it wait."""
CONFIRMATION = "notify.address.confirmation"
"""What a delivery tells of that asks whether an address is right; it is no news."""
REMINDERS = frozenset({CLOSING, DockingReminded.type, solicitations.SolicitationReminded.type})
"""News of dates, which are worth nothing later: in no digest, and beyond no cap."""
Sides = Set[MatchSide]
OWNER, ENTERPRISE = frozenset({MatchSide.DEMAND_OWNER}), frozenset({MatchSide.PROFILE_OWNER})
NO_SIDE: Sides = frozenset()


@dataclass(frozen=True)
class Audience:
    """Whom an event is for.

    named      who is told, each with the part it has in the matter; without one, `roles` of a subscription is not asked
    demand_id  whoever this demand concerns is told too
    but        who is not told, as it is they who acted
    filing     whoever subscribed to all calls for solutions that are filed so is told too
    """

    named: Mapping[OrganisationKey, Sides] = field(default_factory=dict)
    demand_id: UUID | None = None
    but: Set[OrganisationKey] = frozenset()
    filing: Filing | None = None


@dataclass(frozen=True)
class News:
    """One event, as it is to be told."""

    event: Event
    topic: Topic
    audience: Audience
    match_id: UUID | None = None
    heard: Heard | None = None

    @property
    def is_for_nobody(self) -> bool:
        """Known without asking: most steps are of what somebody does with their own, and of a demand without a closing
        date nobody is reminded."""
        closes = isinstance(self.event, catalog.DemandEvent) and self.event.demand.closes_at is not None
        return self.audience == Audience() and self.heard is None and not closes

    @property
    def matter(self) -> str:
        """The demand that it is about, where it names one, or what else it is about."""
        parts = (part for part in self.data.values() if isinstance(part, dict))
        return next((part["demand_id"] for part in parts if part.get("demand_id")), self.event.about())

    @property
    def data(self) -> dict[str, Any]:
        """What is told: the event without who else is."""
        said = self.event.model_dump(mode="json", exclude={"audience"})
        # All other events name what they are about; a step is told under a name, too.
        return {"step": {name: said[name] for name in StepTold.model_fields}} if self.topic is Topic.STEP else said


def _of_interest(event: InterestEvent) -> News:
    parties = event.interest
    named = {each: part_of(parties, each) for each in recipients(parties, event.act)}
    return News(event, Topic.INTEREST, Audience(named), parties.match_id)


def _of_docking(event: DockingEvent) -> News:
    parties = event.docking
    named = {each: part_of(parties, each) for each in recipients(parties, event.act)}
    return News(event, Topic.DOCKING, Audience(named), parties.match_id, concerns.of_docking(parties))


def _of_demand(event: catalog.DemandEvent) -> News:
    demand = event.demand
    return News(event, Topic.DEMAND, Audience(demand_id=demand.id, but={demand.owner}))


def _of_new_demand(event: catalog.DemandEvent) -> News:
    """It concerns nobody yet; the matches with it are told. What is remembered is when it closes."""
    return News(event, Topic.DEMAND, Audience())


def _of_question(event: catalog.QuestionAnswered) -> News:
    asked = dict.fromkeys(event.audience, NO_SIDE)
    return News(event, Topic.DEMAND, Audience(asked, event.question.demand_id))


def _of_solicitation(event: solicitations.SolicitationEvent) -> News:
    call = event.solicitation
    filing = Filing(call.kind, call.domain, call.tracks, call.owner, call.title)
    return News(event, Topic.SOLICITATION, Audience({}, call.demand_id, {call.owner}, filing))


def _of_reminder(event: solicitations.SolicitationReminded) -> News:
    """The owner is the one who is reminded; others hear of a date that has passed."""
    call = event.solicitation
    others = call.demand_id if event.is_overdue else None
    return News(event, Topic.SOLICITATION, Audience({call.owner: OWNER}, others))


def _of_solution(event: solicitations.SolutionAdvanced) -> News:
    solution = event.solution
    named = {each: ENTERPRISE if each == solution.owner else OWNER for each in event.audience}
    return News(event, Topic.SOLICITATION, Audience(named), heard=concerns.of_solution(solution))


def _of_mandate(event: MandateEvent) -> News:
    parties = {event.mandate.giver, event.mandate.broker} - {event.act.actor}
    return News(event, Topic.MANDATE, Audience(dict.fromkeys(parties, NO_SIDE)))


def _of_objection(event: ObjectionEvent) -> News:
    """For who objects, but not of what they do themselves. Nobody else is named in it."""
    objectors = {event.objection.objector} - {event.act.actor}
    return News(event, Topic.OBJECTION, Audience(dict.fromkeys(objectors, NO_SIDE)))


def _of_step(event: catalog.StepTaken) -> News:
    """For the owner and whom it concerns, but for who took it. Of solutions there are events of their own."""
    hearers = set() if event.noun == "solution" else {event.owner, *event.audience} - {event.actor}
    return News(event, Topic.STEP, Audience(dict.fromkeys(hearers, NO_SIDE)))


@dataclass(frozen=True)
class NewsKind:
    """How an event is read and what is made of it."""

    event: type[Event]
    topic: Topic
    news: Callable[[Any], News]


_ROWS: tuple[tuple[tuple[type[Event], ...], Topic, Callable[[Any], News]], ...] = (
    (INTEREST_EVENTS, Topic.INTEREST, _of_interest),
    (DOCKING_EVENTS, Topic.DOCKING, _of_docking),
    (MANDATE_EVENTS, Topic.MANDATE, _of_mandate),
    (OBJECTION_EVENTS, Topic.OBJECTION, _of_objection),
    ((catalog.DemandPublished,), Topic.DEMAND, _of_new_demand),
    (
        (
            catalog.DemandAmended,
            catalog.DemandOpened,
            catalog.DemandClosed,
            catalog.DemandWithdrawn,
            catalog.DemandCancelled,
            catalog.DemandMerged,
            catalog.DemandAdvanced,
        ),
        Topic.DEMAND,
        _of_demand,
    ),
    ((catalog.QuestionAnswered,), Topic.DEMAND, _of_question),
    ((solicitations.SolicitationReminded,), Topic.SOLICITATION, _of_reminder),
    (
        (solicitations.SolicitationOpened, solicitations.SolicitationAdvanced, solicitations.SolicitationConcluded),
        Topic.SOLICITATION,
        _of_solicitation,
    ),
    ((solicitations.SolutionAdvanced,), Topic.SOLICITATION, _of_solution),
    ((catalog.StepTaken,), Topic.STEP, _of_step),
)
KINDS: Mapping[str, NewsKind] = {
    event.type: NewsKind(event, topic, news) for events, topic, news in _ROWS for event in events
}
"""By the type of the event."""
TOPICS: Mapping[str, Topic] = {
    CLOSING: Topic.DEMAND,
    ENDED: Topic.STEP,
    PAUSED: Topic.STEP,
    **{name: kind.topic for name, kind in KINDS.items()},
}
"""Of what each kind of news is, by what it is called."""
