"""The life of a proposal: a demand put forward for a scenario list."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from common.contracts.words import ProposalState
from common.errors import NotAllowedNow
from common.lifecycle import Label, Lifecycle, Move
from common.roles import Role

PROPOSED, TAKEN = ProposalState.PROPOSED, ProposalState.TAKEN
DECLINED, RETRACTED = ProposalState.DECLINED, ProposalState.RETRACTED


class ProposalAction(StrEnum):
    TAKE = "take"
    DECLINE = "decline"
    RETRACT = "retract"


class ProposalParty(StrEnum):
    AGENCY = "agency"
    EDITOR = "editor"


_AGENCY, _EDITOR = frozenset({ProposalParty.AGENCY}), frozenset({ProposalParty.EDITOR})

LIFE = Lifecycle(
    Label("proposal", "清单推荐"),
    moves=(
        Move(PROPOSED, ProposalAction.TAKE, TAKEN, _EDITOR),
        Move(PROPOSED, ProposalAction.DECLINE, DECLINED, _EDITOR),
        Move(PROPOSED, ProposalAction.RETRACT, RETRACTED, _AGENCY),
        Move(TAKEN, ProposalAction.DECLINE, DECLINED, _EDITOR),
        Move(DECLINED, ProposalAction.TAKE, TAKEN, _EDITOR),
    ),
    states={PROPOSED: "已推荐", TAKEN: "已采纳", DECLINED: "未采纳", RETRACTED: "已撤回"},
    actions={
        ProposalAction.TAKE: Label("taken", "采纳"),
        ProposalAction.DECLINE: Label("declined", "不予采纳"),
        ProposalAction.RETRACT: Label("retracted", "撤回"),
    },
    parties={
        ProposalParty.AGENCY: Label("who put it forward", "推荐单位"),
        ProposalParty.EDITOR: Label("an editor of the list", "清单编辑"),
    },
)


def parties(roles: Collection[str], *, is_own: bool, is_editing: bool) -> frozenset[ProposalParty]:
    """All that a caller is to a proposal.

    is_editing  whether the list is their organisation's
    """
    found = (
        (is_own and Role.PUBLISHER in roles, ProposalParty.AGENCY),
        (is_editing and Role.LIST_EDITOR in roles, ProposalParty.EDITOR),
    )
    return frozenset(party for applies, party in found if applies)


def refuse_second(standing: UUID | None) -> None:
    """Raises NotAllowedNow when a demand was put forward for a list before and not retracted."""
    if standing is not None:
        raise NotAllowedNow(f"It was put forward already, as {standing}", f"该需求已推荐过，编号 {standing}")
