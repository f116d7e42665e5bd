"""What the content of a demand must satisfy, beside the form of each field."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from common import tracks
from common.contracts.words import DemandKind
from common.errors import FieldFault, invalid
from common.tracks import Tracks


class Bounds(NamedTuple):
    """What a change is held against: the present moment, the tracks this deployment knows, and whether it publishes by
    a reviewer's approval alone."""

    at: datetime
    tracks: Tracks
    needs_review: bool = False


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


class Terms(NamedTuple):
    """The same of a demand that is no object yet."""

    tracks: Sequence[str]
    budget_min_fen: int | None
    budget_max_fen: int | None
    opens_at: datetime | None
    closes_at: datetime | None


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
