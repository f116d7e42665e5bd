"""The life of a pilot line, and when one is free."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from common.errors import FieldFault, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.vocabulary import Vocabulary

A_DAY = timedelta(days=1)


class PilotLineState(Vocabulary):
    OPEN = "open"
    CLOSED = "closed"


class PilotLineAction(StrEnum):
    CLOSE = "close"


class PilotLineParty(StrEnum):
    BASE = "base"


OPEN, CLOSED = PilotLineState.OPEN, PilotLineState.CLOSED

LIFE = Lifecycle(
    Label("pilot line", "中试线"),
    moves=(Move(OPEN, PilotLineAction.CLOSE, CLOSED, frozenset(PilotLineParty)),),
    states={OPEN: "开放", CLOSED: "已关闭"},
    actions={PilotLineAction.CLOSE: Label("closed", "关闭")},
    parties={PilotLineParty.BASE: Label("the pilot base", "中试基地")},
)


class Days(NamedTuple):
    """From the first day through the last."""

    first: date
    last: date


def refuse_no_progress(trl_in: int, trl_out: int) -> None:
    """Raises InvalidInput unless readiness rises."""
    if trl_out <= trl_in:
        raise invalid(FieldFault(f"give more than trl_in, {trl_in}", f"应高于 trl_in（{trl_in}）", pointer="#/trl_out"))


def first_free(units: Mapping[int, Sequence[Days]], wanted: Days) -> Days:
    """As many days as wanted in which one unit at least is free, the first from those wanted on.

    units  by unit, the days when each is taken; those of one unit do not overlap. Raises ValueError without any unit
    """
    length = wanted.last - wanted.first
    return min(_next_free(sorted(taken), wanted.first, length) for taken in units.values())


def _next_free(taken: Sequence[Days], first: date, length: timedelta) -> Days:
    for days in taken:
        if days.last >= first and days.first <= first + length:
            first = days.last + A_DAY
    return Days(first, first + length)
