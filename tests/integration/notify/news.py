"""News of interests, dockings, demands, calls for solutions, mandates and objections, as the services announce them."""

from typing import Any
from uuid import UUID, uuid4

from common.clock import now
from common.contracts.catalog import (
    DemandAmended,
    DemandEvent,
    DemandSnapshot,
    FieldChange,
    QuestionAnswered,
    QuestionSnapshot,
    StepTaken,
)
from common.contracts.dockings import (
    Act,
    DockingOpened,
    DockingSnapshot,
    DockingState,
    InterestExpressed,
    InterestSnapshot,
    NextStep,
    Side,
)
from common.contracts.mandates import MandateGiven, MandateSnapshot
from common.contracts.objections import ObjectionAdvanced, ObjectionSnapshot, ObjectionState, ObjectionSubject
from common.contracts.solicitations import (
    SolicitationEvent,
    SolicitationOpened,
    SolicitationSnapshot,
    SolutionAdvanced,
    SolutionSnapshot,
)
from common.contracts.words import DemandKind, DemandState, Domain, QuestionState, SolicitationState, SolutionState
from common.fields import OrganisationKey
from tests.integration.notify.matches import FIRM, PORT


def _parties() -> dict[str, Any]:
    return {
        "match_id": uuid4(),
        "demand_id": uuid4(),
        "demand_title": "集装箱码头岸桥远程操控",
        "owner": PORT,
        "owner_name": "示例港口集团",
        "profile_id": uuid4(),
        "profile_headline": "港口设备远程控制系统",
        "enterprise": FIRM,
        "enterprise_name": "示例智能装备公司",
    }


def by(actor: OrganisationKey | None, action: str = "open", **more: Any) -> Act:
    return Act(action=action, actor=actor, at=now(), **more)


def opened(act: Act) -> DockingOpened:
    docking = DockingSnapshot(
        id=uuid4(),
        version=1,
        state=DockingState.OPENED,
        opened_by=Side.ENTERPRISE,
        opened_at=now(),
        next=NextStep(code="offer_slots", side=Side.OWNER, due_on=now().date(), is_provisional=False),
        **_parties(),
    )
    return DockingOpened(docking=docking, act=act)


def interested(act: Act, **changes: Any) -> InterestExpressed:
    return InterestExpressed(interest=InterestSnapshot(state="interested", **{**_parties(), **changes}), act=act)


def demanded(kind: type[DemandEvent] = DemandAmended, **changes: Any) -> DemandEvent:
    """A step of a demand of PORT's."""
    usual: dict[str, Any] = {
        "id": uuid4(),
        "version": 2,
        "kind": DemandKind.SCENARIO,
        "state": DemandState.PUBLISHED,
        "owner": PORT,
        "owner_name": "示例港口集团",
        "title": "集装箱码头岸桥远程操控",
        "need": "控制时延不超过 50 ms。",
        "domain": Domain.PORT,
    }
    change = FieldChange(pointer="#/need", before="控制时延不超过 80 ms。", after="控制时延不超过 50 ms。")
    return kind(demand=DemandSnapshot(**{**usual, **changes}), changes=(change,))


def called(kind: type[SolicitationEvent] = SolicitationOpened, more: Any = None, **changes: Any) -> SolicitationEvent:
    """A step of a call for solutions of PORT's."""
    usual: dict[str, Any] = {
        "id": uuid4(),
        "version": 1,
        "demand_id": uuid4(),
        "demand_version": 1,
        "state": SolicitationState.OPEN,
        "owner": PORT,
        "owner_name": "示例港口集团",
        "title": "集装箱码头岸桥远程操控",
        "kind": DemandKind.SCENARIO,
        "domain": Domain.PORT,
        "tracks": ("空天信息",),
        "closes_at": now(),
        "decide_by": now(),
        "solutions_count": None,
        "state_reason": None,
        "result": None,
    }
    return kind(solicitation=SolicitationSnapshot(**{**usual, **changes}), **(more or {}))


def solved(audience: tuple[OrganisationKey, ...], **changes: Any) -> SolutionAdvanced:
    """A step of a solution of FIRM's."""
    usual: dict[str, Any] = {
        "id": uuid4(),
        "version": 1,
        "solicitation_id": uuid4(),
        "demand_id": uuid4(),
        "state": SolutionState.SUBMITTED,
        "owner": FIRM,
        "decline_code": None,
    }
    return SolutionAdvanced(solution=SolutionSnapshot(**{**usual, **changes}), audience=audience)


def answered(demand_id: UUID, asker: OrganisationKey) -> QuestionAnswered:
    question = QuestionSnapshot(
        id=uuid4(),
        version=2,
        demand_id=demand_id,
        state=QuestionState.ANSWERED,
        text="是否包含夜间作业？",
        answer="包含。",
        created_at=now(),
        answered_at=now(),
    )
    return QuestionAnswered(question=question, audience=(asker,))


def mandated(giver: OrganisationKey, broker: OrganisationKey) -> MandateGiven:
    mandate = MandateSnapshot(
        id=uuid4(),
        version=1,
        state="active",
        giver=giver,
        giver_name="示例智能装备公司",
        broker=broker,
        broker_name="示例经纪机构",
        powers=("open",),
        expires_at=now(),
    )
    return MandateGiven(mandate=mandate, act=by(giver, "give"))


def stepped(owner: OrganisationKey, *audience: OrganisationKey, actor: OrganisationKey | None) -> StepTaken:
    return StepTaken(
        noun="validation",
        id=uuid4(),
        version=2,
        owner=owner,
        action="book",
        before="open",
        after="booked",
        by="host",
        at=now(),
        audience=audience,
        actor=actor,
    )


def objected(act: Act, objector: OrganisationKey = FIRM) -> ObjectionAdvanced:
    objection = ObjectionSnapshot(
        id=uuid4(),
        version=2,
        state=ObjectionState.ACCEPTED,
        subject=ObjectionSubject.RANKING,
        demand_id=uuid4(),
        objector=objector,
        filed_at=now(),
    )
    return ObjectionAdvanced(objection=objection, act=act)
