"""News of interests and dockings, as the matcher announces them."""

from typing import Any
from uuid import uuid4

from common.clock import now
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
