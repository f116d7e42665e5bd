"""Matches as the matcher announces them."""

from typing import Any
from uuid import uuid4

from common.clock import now
from common.contracts.clauses import ClauseKind
from common.contracts.matcher import Band, ClauseVerdict, MatchSnapshot, Outcome, Span
from common.contracts.words import DemandKind, Domain
from common.fields import OrganisationKey

PORT = OrganisationKey(scheme="uscc", code="91370200264574251P")
FIRM = OrganisationKey(scheme="uscc", code="913702001635819578")
STRANGER = OrganisationKey(scheme="duns", code="123456789")


def a_match(**changes: Any) -> MatchSnapshot:
    """PORT's scenario of 智慧港口 and FIRM's profile, fit 80, version 1, unless `changes` say otherwise."""
    usual = {
        "id": uuid4(),
        "version": 1,
        "demand_id": uuid4(),
        "demand_version": 1,
        "demand_kind": DemandKind.SCENARIO,
        "demand_title": "集装箱码头岸桥远程操控",
        "demand_owner": PORT,
        "demand_owner_name": "示例港口集团",
        "domain": Domain.PORT,
        "tracks": ("空天信息",),
        "division": "370211",
        "profile_id": uuid4(),
        "profile_version": 1,
        "profile_headline": "港口设备远程控制系统",
        "profile_organisation": FIRM,
        "profile_organisation_name": "示例智能装备公司",
        "fit": 80,
        "band": Band.STRONG,
        "summary": "1 项满足",
        "verdicts": (_verdict(),),
        "ranking_id": uuid4(),
        "is_current": True,
        "computed_at": now(),
    }
    return MatchSnapshot.model_validate({**usual, **changes})


def _verdict() -> ClauseVerdict:
    return ClauseVerdict(
        clause=0,
        kind=ClauseKind.PERFORMANCE,
        is_hard=True,
        outcome=Outcome.SATISFIED,
        demand_span=Span(source="clauses/0", start=0, end=9, text="控制时延≤50ms"),
        profile_span=Span(source="items/0", start=3, end=8, text="30 ms"),
        reason="30 ms ≤ 50 ms",
    )
