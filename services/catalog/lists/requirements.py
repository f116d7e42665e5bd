"""What a demand needs to be an entry of a scenario list, and an entry to be published."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from catalog.demands.rules import TAKEN_BACK
from common.contracts.words import DemandKind, DemandState
from common.errors import FieldFault, NotAllowedNow, invalid


class RequiredField(NamedTuple):
    """What an entry needs: its field, what it is called, and who can supply it."""

    field: str
    name: str
    name_zh: str
    by: str = "have its owner amend the demand, and take its new version"
    by_zh: str = "请由需求方补充后取用新版本"


REQUIRED = (
    RequiredField("title", "a title", "场景名称"),
    RequiredField("need", "the need", "应用需求"),
    RequiredField("clauses", "a clause with what is to be reached", "技术标准（条款）"),
    RequiredField("docking", "the way of docking", "对接方式"),
    RequiredField("policies", "a supporting policy", "支持政策"),
    RequiredField("owner_name", "its owner", "需求单位"),
    RequiredField("domain", "a domain", "应用领域"),
    RequiredField(
        "level", "its level", "场景级别", "say generic or high_end with the entry", "请在条目中填写 generic 或 high_end"
    ),
)
"""What the policy asks of each entry; a list that lacks one of them in any is neither submitted nor frozen."""


def incomplete(entries: Sequence[Mapping[str, Any]]) -> Iterator[FieldFault]:
    """One fault for each field that an entry lacks, in the order of the entries.

    entries  as they are published, by field
    """
    for place, entry in enumerate(entries):
        for wanted in REQUIRED:
            if not entry.get(wanted.field):
                yield FieldFault(
                    f"entry {place + 1}, {entry.get('title')}, lacks {wanted.name}; {wanted.by}",
                    f"第 {place + 1} 条“{entry.get('title')}”缺少{wanted.name_zh}；{wanted.by_zh}",
                    pointer=f"#/entries/{place}/{wanted.field}",
                )


def refuse_incomplete(entries: Sequence[Mapping[str, Any]], states: Mapping[str, DemandState]) -> None:
    """Raises InvalidInput naming every entry and field that keeps a list from being submitted or frozen.

    states  of the entries' demands as they are now, by id
    """
    if not entries:
        raise invalid(FieldFault("give the list at least one entry", "清单至少应有一个条目", pointer="#/entries"))
    if faults := (*incomplete(entries), *_gone(entries, states)):
        raise invalid(*faults)


def _gone(entries: Sequence[Mapping[str, Any]], states: Mapping[str, DemandState]) -> Iterator[FieldFault]:
    for place, entry in enumerate(entries):
        if (state := states.get(entry["demand_id"])) in TAKEN_BACK:
            yield FieldFault(
                f"entry {place + 1}, {entry['title']}: its demand is {state}; leave it out",
                f"第 {place + 1} 条“{entry['title']}”的需求已撤回、取消或合并，请移出清单",
                pointer=f"#/entries/{place}/demand_id",
            )


def refuse_gone(entries: Sequence[Mapping[str, Any]], states: Mapping[str, DemandState]) -> None:
    """Raises NotAllowedNow when the demand of an entry was taken back since the list was frozen."""
    if faults := tuple(_gone(entries, states)):
        raise NotAllowedNow(
            f"{faults[0].detail}. A frozen list does not change: cancel it and draft another",
            f"{faults[0].detail_zh}。定稿不能修改，请取消后重新编制",
            faults=faults,
        )


class Listable(NamedTuple):
    """What is known of a demand that is to be an entry; `text` is public, at the wanted version, if there is one."""

    kind: DemandKind | None
    state: DemandState | None
    text: Mapping[str, Any] | None


def refuse_unlistable(wanted: Sequence[UUID], found: Mapping[UUID, Listable]) -> None:
    """Raises InvalidInput naming each demand that cannot be an entry, or is twice among them."""
    counted = Counter(wanted)
    faults = [
        fault
        for place, one in enumerate(wanted)
        for fault in (
            [FieldFault("name each demand once", "同一需求不能重复", pointer=f"#/entries/{place}/demand_id")]
            if counted[one] > 1
            else unlistable(found.get(one), f"#/entries/{place}")
        )
    ]
    if faults:
        raise invalid(*faults)


def unlistable(found: Listable | None, pointer: str) -> Iterator[FieldFault]:
    """Why a demand cannot be an entry.

    pointer  of what names it, by its `demand_id` and `demand_version`
    """
    here = f"{pointer}/demand_id"
    if found is None or found.state is None:
        yield FieldFault("give the id of a public demand", "请填写已公开需求的 id", pointer=here)
    elif found.kind is not DemandKind.SCENARIO:
        yield FieldFault(f"give a scenario; this one is a {found.kind}", "请填写应用场景类需求", pointer=here)
    elif found.state in TAKEN_BACK:
        yield FieldFault(f"give a demand that stands; it is {found.state}", "该需求已终止，请勿列入", pointer=here)
    elif found.text is None:
        yield FieldFault(
            "give a public version, as GET /v1/demands/{id}/versions lists them",
            "请填写该需求公开过的版本号",
            pointer=f"{pointer}/demand_version",
        )
