"""What notify tells an organisation on its own NATS subject."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.catalog import DemandSnapshot, FieldChange, QuestionSnapshot
from common.contracts.dockings import Act, DockingSnapshot, InterestSnapshot
from common.contracts.envelope import Event, TolerantModel
from common.contracts.mandates import MandateSnapshot
from common.contracts.matcher import Band, MatchSnapshot
from common.contracts.objections import ObjectionSnapshot
from common.contracts.solicitations import SolicitationSnapshot, SolutionSnapshot
from common.fields import Moment, OrganisationKey
from common.vocabulary import Vocabulary


class Notified(Event):
    """What was told to one organisation for one of its subscriptions. `news` is the type of the event it tells of."""

    stream: ClassVar[str] = "NOTIFY"
    parameters: ClassVar[dict[str, str]] = {
        "scheme": "Scheme of the recipient's organisation id, such as uscc.",
        "code": "The recipient's code in that scheme.",
    }

    delivery_id: UUID
    subscription_id: UUID
    recipient: OrganisationKey

    def subject(self) -> str:
        return self.address.format(scheme=self.recipient.scheme, code=self.recipient.code)


class MatchNotified(Notified):
    """A match an organisation subscribed to, on `notify.<scheme>.<code>.match`."""

    type: ClassVar[str] = "notify.match.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.match"

    match: MatchSnapshot

    def about(self) -> str:
        return str(self.match.id)

    def data_with(self, match: str) -> str:
        """As JSON, with the match in JSON already, which is the same in what many are told."""
        return f'{self.model_dump_json(exclude={"match"})[:-1]},"match":{match}}}'


class InterestNotified(Notified):
    """What the other side of a match said of it, on `notify.<scheme>.<code>.interest`."""

    type: ClassVar[str] = "notify.interest.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.interest"

    news: str = Field(examples=["matcher.interest.interested"])
    interest: InterestSnapshot
    act: Act

    def about(self) -> str:
        return str(self.interest.match_id)


class DemandNotified(Notified):
    """What became of a demand that concerns the organisation, on `notify.<scheme>.<code>.demand`: the demand after a
    step, with what an amendment made different, a reminder that it closes soon, or a question that was answered."""

    type: ClassVar[str] = "notify.demand.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.demand"

    news: str = Field(examples=["catalog.demand.amended"])
    demand: DemandSnapshot | None = None
    changes: tuple[FieldChange, ...] = ()
    closes_in_days: int | None = Field(
        None, description="Of a reminder (`news` is `notify.demand.closing`): days left, begun ones included."
    )
    question: QuestionSnapshot | None = None

    def about(self) -> str:
        return str(self.question.demand_id if self.question else self.demand.id if self.demand else self.delivery_id)


class SolicitationNotified(Notified):
    """A step of a call for solutions, or of a solution, on `notify.<scheme>.<code>.solicitation`."""

    type: ClassVar[str] = "notify.solicitation.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.solicitation"

    news: str = Field(examples=["catalog.solicitation.opened"])
    solicitation: SolicitationSnapshot | None = None
    is_overdue: bool | None = Field(None, description="Of a reminder: whether the promised date has passed.")
    solution: SolutionSnapshot | None = None

    def about(self) -> str:
        told = self.solicitation or self.solution
        return str(told.id if told else self.delivery_id)


class StepTold(TolerantModel):
    """A step of a noun: which, by whom as what, from and to which state; its text is read from catalog."""

    noun: str = Field(examples=["validation"])
    id: UUID
    version: int
    owner: OrganisationKey
    action: str
    before: str | None
    after: str
    by: str
    at: Moment


class StepNotified(Notified):
    """A step of something that concerns the organisation and has no event of its own, on
    `notify.<scheme>.<code>.step`."""

    type: ClassVar[str] = "notify.step.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.step"

    news: str = Field(examples=["catalog.step.taken"])
    step: StepTold

    def about(self) -> str:
        return str(self.step.id)


class MandateNotified(Notified):
    """A mandate of the organisation was given or revoked, on `notify.<scheme>.<code>.mandate`."""

    type: ClassVar[str] = "notify.mandate.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.mandate"

    news: str = Field(examples=["matcher.mandate.given"])
    mandate: MandateSnapshot
    act: Act

    def about(self) -> str:
        return str(self.mandate.id)


class ObjectionNotified(Notified):
    """A step of an objection of the organisation, or a date of it that has passed or moved, on
    `notify.<scheme>.<code>.objection`; what was written in it is read from matcher."""

    type: ClassVar[str] = "notify.objection.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.objection"

    news: str = Field(examples=["matcher.objection.advanced"])
    objection: ObjectionSnapshot
    act: Act

    def about(self) -> str:
        return str(self.objection.id)


class EndpointChallenged(Notified):
    """Asks a webhook whether it takes notices, before it gets any: whoever answers with 2xx says that it does. It goes
    to the webhook alone."""

    type: ClassVar[str] = "notify.endpoint.challenged"
    address: ClassVar[str] = "notify.{scheme}.{code}.endpoint"

    url: str = Field(description="The webhook's, as its owner gave it.")

    def about(self) -> str:
        return str(self.subscription_id)


class DockingNotified(Notified):
    """A step of a docking of the organisation, on `notify.<scheme>.<code>.docking`."""

    type: ClassVar[str] = "notify.docking.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.docking"

    news: str = Field(examples=["matcher.docking.opened"])
    docking: DockingSnapshot
    act: Act

    def about(self) -> str:
        return str(self.docking.id)


class DigestReason(Vocabulary):
    """Why news was gathered: the subscription asked for it, or its month's messages were used up."""

    CADENCE = "cadence"
    MONTHLY_CAP = "monthly_cap"


class DigestItem(TolerantModel):
    """One piece of news in a digest, in short: `GET /v1/deliveries/{delivery_id}` has the whole of it.

    `fit`, `band`, `is_current` and `summary` are of a match, `changes` of an amendment.
    """

    delivery_id: UUID
    topic: str = Field(examples=["match"])
    news: str | None = Field(None, description="Type of the event; null for a match.")
    about: str = Field(description="What the event would be about if it came by itself.")
    title: str = Field(description="Of the demand, where it is of one.")
    headline: str | None = Field(None, description="Of the profile that is matched or docks.")
    fit: int | None = None
    band: Band | None = None
    is_current: bool | None = Field(None, description="False: the match holds no longer.")
    summary: str | None = None
    changes: tuple[FieldChange, ...] = Field((), description="The first five; long texts are cut.")
    closes_at: Moment | None = None
    at: Moment = Field(description="When it was announced.")


class DigestNotified(Notified):
    """All that a subscription has collected, on `notify.<scheme>.<code>.digest`, in the order in which it came. Further
    pieces than those listed are counted in `more_count`; `GET /v1/deliveries?digest_id=…` lists all."""

    type: ClassVar[str] = "notify.digest.notified"
    address: ClassVar[str] = "notify.{scheme}.{code}.digest"

    reason: DigestReason
    items: tuple[DigestItem, ...]
    more_count: int = 0

    def about(self) -> str:
        return str(self.delivery_id)
