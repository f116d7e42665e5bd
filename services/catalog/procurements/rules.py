"""The life of a procurement record, the periods there are, and what a record must satisfy."""

from collections.abc import Collection, Iterator
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from common.contracts.words import ProcurementState, ProcurementTrait
from common.errors import FieldFault, invalid
from common.fields import form
from common.lifecycle import Label, Lifecycle, Move

REPORTED, WITHDRAWN = ProcurementState.REPORTED, ProcurementState.WITHDRAWN
QUARTER = form(r"^2[01][0-9]{2}-Q[1-4]$", "give a quarter such as 2026-Q1", "请填写季度，例如 2026-Q1")
PERIOD = form(
    r"^2[01][0-9]{2}(-Q[1-4])?$",
    "give a year such as 2026 or a quarter such as 2026-Q1",
    "请填写年份或季度，例如 2026 或 2026-Q1",
)


class ProcurementAction(StrEnum):
    CORRECT = "correct"
    WITHDRAW = "withdraw"


class ProcurementParty(StrEnum):
    REPORTER = "reporter"


_REPORTER = frozenset(ProcurementParty)

LIFE = Lifecycle(
    Label("procurement", "采购记录"),
    moves=(
        Move(REPORTED, ProcurementAction.CORRECT, REPORTED, _REPORTER),
        Move(REPORTED, ProcurementAction.WITHDRAW, WITHDRAWN, _REPORTER),
    ),
    states={REPORTED: "已填报", WITHDRAWN: "已撤回"},
    actions={
        ProcurementAction.CORRECT: Label("corrected", "更正"),
        ProcurementAction.WITHDRAW: Label("withdrawn", "撤回"),
    },
    parties={ProcurementParty.REPORTER: Label("the organisation that reported it", "填报单位")},
)


def quarters(period: str) -> list[str]:
    """The quarters of a year, or the one that a quarter is, in their order."""
    return [period] if "Q" in period else [f"{period}-Q{number}" for number in range(1, 5)]


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


class ProcurementTerms(Protocol):
    """What a record says that must agree."""

    @property
    def period(self) -> str: ...
    @property
    def traits(self) -> Collection[ProcurementTrait]: ...
    @property
    def demand_id(self) -> UUID | None: ...


def refuse_faulty(terms: ProcurementTerms, today: date, *, is_public: bool) -> None:
    """Raises InvalidInput naming the fields that cannot be right.

    is_public  whether the demand named is one that everyone can read
    """
    if faults := tuple(_faults(terms, today, is_public)):
        raise invalid(*faults)


def _faults(terms: ProcurementTerms, today: date, is_public: bool) -> Iterator[FieldFault]:
    if terms.period > quarter_of(today):
        yield FieldFault("give a quarter that has begun", "不能填写尚未开始的季度", pointer="#/period")
    if terms.demand_id is not None and not is_public:
        yield FieldFault(
            "give the id of a published demand of this platform", "请填写本平台已发布需求的 id", pointer="#/demand_id"
        )
    if (ProcurementTrait.SCENARIO in terms.traits) != (terms.demand_id is not None):
        yield FieldFault(
            "name the demand with the trait scenario, and only then",
            "当且仅当标注 scenario 时填写对应的需求",
            pointer="#/demand_id",
        )
