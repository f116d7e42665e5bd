"""The life of a presentation."""

from collections.abc import Sequence
from enum import StrEnum

from common.contracts.words import DemandKind, DemandState
from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary


class PresentationState(Vocabulary):
    BOOKED = "booked"
    FOLLOWED_UP = "followed_up"
    WITHDRAWN = "withdrawn"


class FundingStage(Vocabulary):
    SEED = "seed"
    ANGEL = "angel"
    ROUND_A = "a"
    ROUND_B = "b"
    ROUND_C = "c"
    GROWTH = "growth"


class FundingOutcome(Vocabulary):
    """What came of a presentation."""

    INVESTED = "invested"
    TERM_SHEET = "term_sheet"
    IN_TALKS = "in_talks"
    NO_INTEREST = "no_interest"
    ABSENT = "absent"


class PresentationAction(StrEnum):
    RECORD = "record"
    WITHDRAW = "withdraw"


class PresentationParty(StrEnum):
    PRESENTER = "presenter"
    ORGANISER = "organiser"


BOOKED, FOLLOWED_UP = PresentationState.BOOKED, PresentationState.FOLLOWED_UP
WITHDRAWN = PresentationState.WITHDRAWN
_Do = PresentationAction

LIFE = Lifecycle(
    Label("presentation", "路演项目"),
    moves=(
        Move(BOOKED, _Do.WITHDRAW, WITHDRAWN, frozenset({PresentationParty.PRESENTER})),
        Move(BOOKED, _Do.RECORD, FOLLOWED_UP, frozenset(PresentationParty)),
        # Talks go on: what came of them later takes the place of what was said before.
        Move(FOLLOWED_UP, _Do.RECORD, FOLLOWED_UP, frozenset(PresentationParty)),
    ),
    states={BOOKED: "已报名", FOLLOWED_UP: "已回访", WITHDRAWN: "已撤回"},
    actions={_Do.RECORD: Label("given an outcome", "记录结果"), _Do.WITHDRAW: Label("withdrawn", "撤回")},
    parties={
        PresentationParty.PRESENTER: Label("who presents it", "路演方"),
        PresentationParty.ORGANISER: Label("the roadshow's organiser", "主办方"),
    },
)


def refuse_other_demand(kind: DemandKind, state: DemandState) -> None:
    """Raises InvalidInput unless a demand may be presented: a published one for financing."""
    if kind != DemandKind.FINANCING or state != DemandState.PUBLISHED:
        raise invalid(
            FieldFault(
                f"name a published demand of kind financing; this one is {kind}, {state}",
                "请填写已发布的融资类（financing）需求",
                pointer="#/demand_id",
            )
        )


def refuse_second(standing: object | None) -> None:
    """Raises NotAllowedNow when a demand is presented at a roadshow already."""
    if standing is not None:
        raise NotAllowedNow(
            f"This demand is presented there already, as {standing}; withdraw that to take another slot",
            f"该需求已报名（{standing}），如需更换时段请先撤回",
        )


def refuse_taken(place: int, free: Sequence[int]) -> None:
    """Raises NotAllowedNow saying which slots are free."""
    names = ", ".join(map(str, free)) or "none"
    raise NotAllowedNow(
        f"Slot {place} is not free; free now: {names}", f"时段 {place} 不可用；当前可选：{names if free else '无'}"
    )


def refuse_not_held(state: str) -> None:
    """Raises NotAllowedNow while a roadshow was not held: nothing can have come of it."""
    if state not in {"held", "followed_up"}:
        raise NotAllowedNow(f"The roadshow is {state}; outcomes are recorded once it is held", "路演举办后方可记录结果")


def refuse_held(state: str) -> None:
    """Raises NotAllowedNow once a roadshow was held."""
    if state in {"held", "followed_up"}:
        raise NotAllowedNow(
            f"The roadshow is {state}; record what came of the presentation instead", "路演已举办，请改为记录结果"
        )
