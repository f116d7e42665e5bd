"""Quarters, the groups that exposure is counted by, and which groups are too small to be shown."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from common.contracts.words import OwnershipForm, SizeClass
from common.days import begins_at, day_of

MERGED = "merged"
"""The group of all that are too small to be shown alone."""
UNKNOWN = "unknown"
"""The group of those that say nothing of it."""


class ExposureDimension(StrEnum):
    OWNERSHIP = "ownership"
    SIZE_CLASS = "size_class"


LABELS_ZH: Mapping[str, str] = {
    OwnershipForm.STATE_OWNED: "国有",
    OwnershipForm.PRIVATE: "民营",
    OwnershipForm.FOREIGN: "外资及港澳台资",
    OwnershipForm.MIXED: "混合所有制",
    OwnershipForm.COLLECTIVE: "集体",
    OwnershipForm.PUBLIC_INSTITUTION: "事业单位",
    OwnershipForm.OTHER: "其他",
    SizeClass.LARGE: "大型",
    SizeClass.MEDIUM: "中型",
    SizeClass.SMALL: "小型",
    SizeClass.MICRO: "微型",
    UNKNOWN: "未申报",
    MERGED: "合并（数量过少）",
}


class Quarter(NamedTuple):
    """Of a year of China's calendar; `number` is 1 to 4."""

    year: int
    number: int

    @property
    def begins_at(self) -> datetime:
        return begins_at(date(self.year, 3 * self.number - 2, 1))

    @property
    def ends_at(self) -> datetime:
        """The first moment of the next."""
        return self.next.begins_at

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def quarter_of(moment: datetime) -> Quarter:
    day = day_of(moment)
    return Quarter(day.year, (day.month + 2) // 3)


def quarter(said: str) -> Quarter:
    """Of a text such as 2026-Q4."""
    year, _, number = said.partition("-Q")
    return Quarter(int(year), int(number))


def shown_as(members: Mapping[str, Iterable[Hashable]], least: int) -> dict[str, str] | None:
    """For each group the name under which it is shown: its own, or MERGED. None: nothing may be shown at all.

    members  the organisations of each group

    A group of fewer than `least` organisations is merged with the others that are as small; while they are too few
    together, the smallest of the others joins them, so that no group is what is left of the total without the shown
    ones (complementary suppression: Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001, §6).
    """
    sets = {name: frozenset(some) for name, some in members.items()}
    by_size = sorted(sets, key=lambda name: (len(sets[name]), name))
    merged = [name for name in by_size if len(sets[name]) < least]
    rest = by_size[len(merged) :]
    while merged and len(frozenset().union(*(sets[name] for name in merged))) < least:
        if not rest:
            return None
        merged.append(rest.pop(0))
    return {name: MERGED if name in merged else name for name in by_size}
