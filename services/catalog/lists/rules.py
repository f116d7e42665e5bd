"""The life of a scenario list as a table, and who may do what to it."""

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.contracts.words import ListState
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
