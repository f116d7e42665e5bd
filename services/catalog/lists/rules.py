"""The life of a scenario list as a table, and what its entries must have."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from catalog.demands.rules import TAKEN_BACK
from common.contracts.words import DemandKind, DemandState, ListState
from common.errors import FieldFault, Forbidden, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move
from common.roles import Role

COLLECTING, DRAFTING, REVIEWING = ListState.COLLECTING, ListState.DRAFTING, ListState.REVIEWING
FROZEN, PUBLISHED = ListState.FROZEN, ListState.PUBLISHED
SUPERSEDED, CANCELLED = ListState.SUPERSEDED, ListState.CANCELLED
PUBLIC = frozenset({PUBLISHED, SUPERSEDED})
"""What everyone reads."""
MOST_ENTRIES = 500


class ListAction(StrEnum):
    REPLACE = "replace"
    ARRANGE = "arrange"
    DRAFT = "draft"
    SUBMIT = "submit"
    REQUEST_EDITS = "request_edits"
    APPROVE = "approve"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    CANCEL = "cancel"


class ListParty(StrEnum):
    """`correction` is the publication of the edition that corrects this one; `clock` the end of the survey."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    CORRECTION = "correction"
    CLOCK = "clock"


_Do = ListAction
_EDITOR, _REVIEWER = frozenset({ListParty.EDITOR}), frozenset({ListParty.REVIEWER})
_CORRECTION, _CLOCK = frozenset({ListParty.CORRECTION}), frozenset({ListParty.CLOCK})

LIFE = Lifecycle(
    Label("list", "场景清单"),
    moves=(
        Move(COLLECTING, _Do.REPLACE, COLLECTING, _EDITOR),
        Move(COLLECTING, _Do.ARRANGE, COLLECTING, _EDITOR),
        Move(COLLECTING, _Do.DRAFT, DRAFTING, _EDITOR | _CLOCK),
        Move(COLLECTING, _Do.CANCEL, CANCELLED, _EDITOR),
        Move(DRAFTING, _Do.REPLACE, DRAFTING, _EDITOR),
        Move(DRAFTING, _Do.ARRANGE, DRAFTING, _EDITOR),
        Move(DRAFTING, _Do.SUBMIT, REVIEWING, _EDITOR),
        Move(DRAFTING, _Do.CANCEL, CANCELLED, _EDITOR),
        Move(REVIEWING, _Do.REQUEST_EDITS, DRAFTING, _REVIEWER),
        Move(REVIEWING, _Do.APPROVE, FROZEN, _REVIEWER),
        Move(REVIEWING, _Do.CANCEL, CANCELLED, _EDITOR),
        Move(FROZEN, _Do.PUBLISH, PUBLISHED, _EDITOR),
        Move(FROZEN, _Do.CANCEL, CANCELLED, _EDITOR),
        Move(PUBLISHED, _Do.SUPERSEDE, SUPERSEDED, _CORRECTION),
    ),
    states={
        COLLECTING: "征集中",
        DRAFTING: "编制中",
        REVIEWING: "审核中",
        FROZEN: "已定稿",
        PUBLISHED: "已发布",
        SUPERSEDED: "已更正",
        CANCELLED: "已取消",
    },
    actions={
        _Do.REPLACE: Label("replaced", "修改"),
        _Do.ARRANGE: Label("given entries", "编排条目"),
        _Do.DRAFT: Label("drafted", "结束征集"),
        _Do.SUBMIT: Label("submitted", "提交审核"),
        _Do.REQUEST_EDITS: Label("sent back for edits", "退回修改"),
        _Do.APPROVE: Label("approved", "审核通过"),
        _Do.PUBLISH: Label("published", "发布"),
        _Do.SUPERSEDE: Label("superseded", "更正"),
        _Do.CANCEL: Label("cancelled", "取消"),
    },
    parties={
        ListParty.EDITOR: Label("a list editor of its organisation", "编制单位的清单编辑"),
        ListParty.REVIEWER: Label("a reviewer who did not submit it", "非提交人的审核员"),
        ListParty.CORRECTION: Label("the edition that corrects it, when that is published", "更正版发布时"),
        ListParty.CLOCK: Label("the clock", "系统定时"),
    },
)


def parties(roles: Collection[str], *, is_own: bool, submitted_by: str | None, caller: str) -> frozenset[ListParty]:
    """All that a caller is to a list. Reviewers have nothing to do with one that was never submitted.

    submitted_by  who last submitted it, in person: nobody reviews their own
    """
    is_reviewing = submitted_by is not None and submitted_by != caller
    found = (
        (is_own and Role.LIST_EDITOR in roles, ListParty.EDITOR),
        (is_reviewing and Role.REVIEWER in roles, ListParty.REVIEWER),
    )
    return frozenset(party for applies, party in found if applies)


def is_surveyed(state: ListState, roles: Collection[str]) -> bool:
    """Whether a caller may put demands forward for a list."""
    return state is COLLECTING and Role.PUBLISHER in roles


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


def survey_faults(collect_by: datetime | None, at: datetime) -> Iterator[FieldFault]:
    if collect_by is not None and collect_by <= at:
        yield FieldFault("give a time in the future", "请填写将来的时间", pointer="#/collect_by")


def refuse_second(standing: object | None, *, year: int, batch: int) -> None:
    """Raises NotAllowedNow when there is an edition of this organisation, year and batch that was not cancelled."""
    if standing is not None:
        raise NotAllowedNow(
            f"There is list {standing} of {year}, batch {batch}; correct or cancel that one, or give the next batch",
            f"{year} 年第 {batch} 批已有清单 {standing}，请更正或取消该清单，或使用下一批次",
        )


def refuse_uncorrectable(state: ListState, successor: object | None) -> None:
    """Raises NotAllowedNow unless an edition can be corrected: the one that stands, with no correction under way."""
    if state is not PUBLISHED:
        raise NotAllowedNow(
            f"The list is {state}; the edition that is published is the one to correct",
            "仅可更正当前已发布的一版",
        )
    if successor is not None:
        raise NotAllowedNow(
            f"Edition {successor} corrects it already and is not published yet; go on with that one",
            f"已有更正版 {successor} 在编制中，请在该版上继续",
        )


def refuse_unpublished(state: ListState) -> None:
    """Raises NotAllowedNow unless everyone may have the list."""
    if state not in PUBLIC:
        raise NotAllowedNow(
            f"The list is {state}; it is handed out once it is published", "清单尚未发布，发布后方可导出"
        )


def refuse_undecided(count: int) -> None:
    """Raises NotAllowedNow while somebody who put a demand forward has no answer."""
    if count:
        raise NotAllowedNow(
            f"{count} proposals have no answer; take or decline each before the list is submitted",
            f"还有 {count} 条推荐未答复，请逐条采纳或说明不采纳的理由后再提交",
        )


def refuse_dropping(taken: Collection[UUID]) -> None:
    """Raises NotAllowedNow when entries that were put forward and taken would go without a reason.

    taken  the proposals they were taken from
    """
    if taken:
        names = ", ".join(map(str, sorted(taken)))
        raise NotAllowedNow(
            f"Entries taken from proposals {names} would be left out; decline those proposals, with a reason",
            f"采纳自推荐 {names} 的条目将被移出，请改为不采纳该推荐并说明理由",
        )


def refuse_stranger(*, is_own: bool) -> None:
    """Raises Forbidden when somebody would correct another organisation's list."""
    if not is_own:
        raise Forbidden("Only list editors of its organisation may do that", "仅编制单位的清单编辑可以进行此操作")


def refuse_nothing_before(since: UUID | None) -> None:
    """Raises InvalidInput when it is not said what a first edition is compared with."""
    if since is None:
        raise invalid(
            FieldFault(
                "name the published list to compare with: this edition corrects none",
                "该版不是更正版，请填写要对比的已发布清单的 id",
                parameter="since",
            )
        )


def refuse_no_survey(state: ListState) -> None:
    """Raises NotAllowedNow once the survey for a list is over."""
    if state is not COLLECTING:
        raise NotAllowedNow(
            f"The list is {state}; demands are put forward while it is collecting", "仅可在清单征集期间推荐需求"
        )


def refuse_foreign(*, is_own: bool) -> None:
    """Raises InvalidInput when somebody puts another's demand forward."""
    if not is_own:
        raise invalid(FieldFault("give a demand of your own organisation", "请填写本单位的需求", pointer="#/demand_id"))
