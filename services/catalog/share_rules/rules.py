"""The life of a share rule, and how it makes shares of sums: exactly, in whole fen."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, Protocol

from catalog.procurements.rules import quarters
from common.contracts.words import ProcurementCategory, ProcurementTrait, ShareRuleState
from common.errors import FieldFault, invalid
from common.lifecycle import Label, Lifecycle, Move

IN_FORCE, ENDED = ShareRuleState.IN_FORCE, ShareRuleState.ENDED


class ShareRuleAction(StrEnum):
    REVISE = "revise"
    END = "end"


class ShareRuleParty(StrEnum):
    OWNER = "owner"


_OWNER = frozenset(ShareRuleParty)

LIFE = Lifecycle(
    Label("share_rule", "采购比例规则"),
    moves=(
        Move(IN_FORCE, ShareRuleAction.REVISE, IN_FORCE, _OWNER),
        Move(IN_FORCE, ShareRuleAction.END, ENDED, _OWNER),
    ),
    states={IN_FORCE: "有效", ENDED: "已废止"},
    actions={ShareRuleAction.REVISE: Label("revised", "修订"), ShareRuleAction.END: Label("ended", "废止")},
    parties={ShareRuleParty.OWNER: Label("the authority that set it", "制定单位")},
)


class Counted(Protocol):
    """Which purchases count: those with any of `having` (empty: all), without any of `lacking`."""

    @property
    def having(self) -> Collection[ProcurementTrait]: ...
    @property
    def lacking(self) -> Collection[ProcurementTrait]: ...


class Definition(Protocol):
    """A share as data. Its numerator is counted among what its denominator counts, so no share exceeds one."""

    @property
    def categories(self) -> Sequence[ProcurementCategory]: ...
    @property
    def numerator(self) -> Counted: ...
    @property
    def denominator(self) -> Counted: ...
    @property
    def valid_from(self) -> str: ...
    @property
    def valid_until(self) -> str | None: ...


class Bought(NamedTuple):
    """What was spent on purchases that are alike."""

    category: ProcurementCategory
    traits: frozenset[ProcurementTrait]
    amount_fen: int


class Share(NamedTuple):
    """Both in fen."""

    numerator: int
    denominator: int

    @property
    def fraction(self) -> Fraction | None:
        """None where nothing was bought."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    def plus(self, other: "Share") -> "Share":
        return Share(self.numerator + other.numerator, self.denominator + other.denominator)


NOTHING = Share(0, 0)


def shares(bought: Iterable[Bought], by: Definition) -> dict[ProcurementCategory, Share]:
    """The share of each category of the rule, in its order; what is of another category counts in none."""
    found = dict.fromkeys(by.categories, NOTHING)
    for one in bought:
        if one.category in found and _counts(by.denominator, one.traits):
            counted = one.amount_fen if _counts(by.numerator, one.traits) else 0
            found[one.category] = found[one.category].plus(Share(counted, one.amount_fen))
    return found


def whole(parts: Iterable[Share]) -> Share:
    """The share over parts of which none overlaps another."""
    total = NOTHING
    for part in parts:
        total = total.plus(part)
    return total


def _counts(counted: Counted, traits: frozenset[ProcurementTrait]) -> bool:
    return (not counted.having or not traits.isdisjoint(counted.having)) and traits.isdisjoint(counted.lacking)


def refuse_faulty(definition: Definition) -> None:
    """Raises InvalidInput naming what cannot be meant."""
    if faults := tuple(_faults(definition)):
        raise invalid(*faults)


def _faults(definition: Definition) -> Iterator[FieldFault]:
    if len(set(definition.categories)) < len(definition.categories):
        yield FieldFault("name each category once", "每个类别只填一次", pointer="#/categories")
    if not definition.numerator.having and not definition.numerator.lacking:
        yield FieldFault(
            "say by having or lacking which purchases it counts",
            "请用 having 或 lacking 说明计入的采购",
            pointer="#/numerator",
        )
    for name, counted in (("numerator", definition.numerator), ("denominator", definition.denominator)):
        if not set(counted.having).isdisjoint(counted.lacking):
            yield FieldFault(
                "name no trait in both having and lacking",
                "having 与 lacking 不能包含同一项",
                pointer=f"#/{name}/lacking",
            )
    if definition.valid_until is not None and definition.valid_until < definition.valid_from:
        yield FieldFault("give no quarter before valid_from", "不能早于 valid_from", pointer="#/valid_until")


def refuse_period(period: str, by: Definition) -> None:
    """Raises InvalidInput when a rule is not valid in all of a period."""
    first, *_, last = [*quarters(period), quarters(period)[-1]]
    if first < by.valid_from or (by.valid_until is not None and last > by.valid_until):
        until = by.valid_until or "…"
        raise invalid(
            FieldFault(
                f"give a period within {by.valid_from} … {until}, in which the rule is valid",
                f"请填写规则有效期 {by.valid_from} 至 {until} 内的时期",
                parameter="period",
            )
        )


def refuse_category(category: ProcurementCategory | None, by: Definition) -> None:
    """Raises InvalidInput for a category that a rule makes no share of."""
    if category is not None and category not in by.categories:
        names = list(by.categories)
        raise invalid(
            FieldFault(
                f"give a category of the rule: {', '.join(names)}",
                f"请填写规则包含的类别：{'、'.join(names)}",
                parameter="category",
            )
        )
