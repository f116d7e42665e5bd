"""The life of a demand as a table, and what its content must satisfy."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from common import tracks
from common.contracts.words import DemandKind, DemandState
from common.errors import FieldFault, Forbidden, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.roles import Role
from common.tracks import Tracks

DRAFT = DemandState.DRAFT
SUBMITTED = DemandState.SUBMITTED
PUBLISHED = DemandState.PUBLISHED
CLOSED = DemandState.CLOSED
WITHDRAWN = DemandState.WITHDRAWN


class Action(StrEnum):
    REPLACE = "replace"
    SUBMIT = "submit"
    PUBLISH = "publish"
    AMEND = "amend"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class Actor(StrEnum):
    """`clock` is the background work that ends a demand at its closing time."""

    OWNER = "owner"
    CLOCK = "clock"


_OWNER = frozenset({Actor.OWNER})

LIFE = Lifecycle(
    Label("demand", "需求"),
    moves=(
        Move(DRAFT, Action.REPLACE, DRAFT, _OWNER),
        Move(DRAFT, Action.SUBMIT, SUBMITTED, _OWNER),
        Move(DRAFT, Action.WITHDRAW, WITHDRAWN, _OWNER),
        Move(SUBMITTED, Action.REPLACE, DRAFT, _OWNER),
        Move(SUBMITTED, Action.PUBLISH, PUBLISHED, _OWNER),
        Move(SUBMITTED, Action.WITHDRAW, WITHDRAWN, _OWNER),
        Move(PUBLISHED, Action.AMEND, PUBLISHED, _OWNER),
        Move(PUBLISHED, Action.CLOSE, CLOSED, _OWNER | {Actor.CLOCK}),
        Move(PUBLISHED, Action.WITHDRAW, WITHDRAWN, _OWNER),
    ),
    states={DRAFT: "草稿", SUBMITTED: "已提交", PUBLISHED: "已发布", CLOSED: "已截止", WITHDRAWN: "已撤回"},
    actions={
        Action.REPLACE: Label("replaced", "修改"),
        Action.SUBMIT: Label("submitted", "提交"),
        Action.PUBLISH: Label("published", "发布"),
        Action.AMEND: Label("amended", "变更"),
        Action.CLOSE: Label("closed", "截止"),
        Action.WITHDRAW: Label("withdrawn", "撤回"),
    },
    parties={Actor.OWNER: Label("its owner", "需求方"), Actor.CLOCK: Label("the clock", "系统定时")},
)

_EITHER = frozenset({Role.PUBLISHER, Role.ENTERPRISE})
ASKERS = {
    DemandKind.SCENARIO: frozenset({Role.PUBLISHER}),
    DemandKind.CHALLENGE: _EITHER,
    DemandKind.FINANCING: _EITHER,
    DemandKind.PILOT: _EITHER,
}
"""The roles that may ask for each kind: opening a scenario takes a publisher, the rest is open to enterprises."""


def refuse_asker(kind: DemandKind, roles: frozenset[str]) -> None:
    """Raises Forbidden when none of the roles may ask for this kind of demand."""
    needed = ASKERS[kind]
    if not roles & needed:
        names = " or ".join(sorted(needed))
        raise Forbidden(f"A {kind} demand needs the role {names}", f"此类需求需要角色：{names}")


def refuse_expired(closes_at: datetime | None, at: datetime) -> None:
    """Raises NotAllowedNow when the closing time came before the demand was published."""
    if closes_at is not None and closes_at <= at:
        raise NotAllowedNow(
            f"Its closing time {closes_at.isoformat()} has passed; replace the demand with a later one first",
            "截止时间已过，请先修改截止时间",
        )


class Bounds(NamedTuple):
    """What content is held against: the present moment, and the tracks this deployment knows."""

    at: datetime
    tracks: Tracks


class DemandTerms(Protocol):
    """The fields of a demand that must agree with each other or with the bounds."""

    @property
    def tracks(self) -> Sequence[str]: ...
    @property
    def budget_min_fen(self) -> int | None: ...
    @property
    def budget_max_fen(self) -> int | None: ...
    @property
    def opens_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...


def refuse_faulty(terms: DemandTerms, bounds: Bounds) -> None:
    """Raises InvalidInput naming every field that cannot be accepted."""
    if found := faults(terms, bounds):
        raise invalid(*found)


def faults(terms: DemandTerms, bounds: Bounds) -> tuple[FieldFault, ...]:
    """One for every field that cannot be accepted."""
    return (
        *_time_faults(terms, bounds.at),
        *_budget_faults(terms),
        *tracks.faults(terms.tracks, bounds.tracks, pointer="#/tracks"),
    )


def _time_faults(terms: DemandTerms, at: datetime) -> Iterator[FieldFault]:
    if terms.closes_at is None:
        return
    if terms.closes_at <= at:
        yield FieldFault("give a time in the future", "请填写将来的时间", pointer="#/closes_at")
    if terms.opens_at is not None and terms.opens_at >= terms.closes_at:
        yield FieldFault("give a time before closes_at", "应早于 closes_at", pointer="#/opens_at")


def _budget_faults(terms: DemandTerms) -> Iterator[FieldFault]:
    low, high = terms.budget_min_fen, terms.budget_max_fen
    if low is not None and high is not None and low > high:
        yield FieldFault("give no less than budget_min_fen", "不能小于 budget_min_fen", pointer="#/budget_max_fen")


def refuse_empty(given: Collection[str]) -> None:
    """Raises InvalidInput when an amendment names nothing that changes."""
    if not given:
        raise invalid(FieldFault("give at least one field that changes", "请至少填写一项要变更的内容", pointer="#"))


def refuse_other_kind(present: DemandKind, wanted: DemandKind) -> None:
    """Raises InvalidInput when an amendment would turn a published demand into another kind."""
    if present is not wanted:
        raise invalid(
            FieldFault(
                f"keep {present}, a published demand stays of its kind; or withdraw it and write a new one",
                f"已发布需求的类别不能变更，请保留 {present}，或撤回后新建",
                pointer="#/kind",
            )
        )
