"""The life of an import as a table, and what may be sent and committed."""

from collections.abc import Sequence
from enum import StrEnum

from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move


class ImportState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    REFUSED = "refused"
    COMMITTING = "committing"
    COMMITTED = "committed"


class ImportAction(StrEnum):
    BEGIN = "begin"
    REPORT = "report"
    REFUSE = "refuse"
    COMMIT = "commit"
    HAND_BACK = "hand_back"
    FINISH = "finish"


class ImportParty(StrEnum):
    OWNER = "owner"
    WORKER = "worker"


class RowState(StrEnum):
    """A warned row can be committed as a good one can; `same` repeats a row above, or what is there already."""

    GOOD = "good"
    WARNED = "warned"
    BAD = "bad"
    SAME = "same"


class Wanted(StrEnum):
    """Which rows to commit: all of the file, which takes a file without bad ones, or those that are not bad."""

    ALL = "all"
    GOOD = "good"


_OWNER, _WORKER = frozenset({ImportParty.OWNER}), frozenset({ImportParty.WORKER})
LIFE = Lifecycle(
    Label("import", "导入"),
    moves=(
        Move(ImportState.WAITING, ImportAction.BEGIN, ImportState.READING, _WORKER),
        Move(ImportState.READING, ImportAction.BEGIN, ImportState.READING, _WORKER),
        Move(ImportState.WAITING, ImportAction.REFUSE, ImportState.REFUSED, _WORKER),
        Move(ImportState.READING, ImportAction.REFUSE, ImportState.REFUSED, _WORKER),
        Move(ImportState.READING, ImportAction.REPORT, ImportState.READ, _WORKER),
        Move(ImportState.READ, ImportAction.COMMIT, ImportState.COMMITTING, _OWNER),
        Move(ImportState.COMMITTING, ImportAction.HAND_BACK, ImportState.READ, _WORKER),
        Move(ImportState.COMMITTING, ImportAction.FINISH, ImportState.COMMITTED, _WORKER),
    ),
    states={
        ImportState.WAITING: "等待读取",
        ImportState.READING: "读取中",
        ImportState.READ: "已读取",
        ImportState.REFUSED: "无法读取",
        ImportState.COMMITTING: "提交中",
        ImportState.COMMITTED: "已提交",
    },
    actions={
        ImportAction.BEGIN: Label("read", "读取"),
        ImportAction.REPORT: Label("reported", "报告"),
        ImportAction.REFUSE: Label("refused", "拒绝"),
        ImportAction.COMMIT: Label("committed", "提交"),
        ImportAction.HAND_BACK: Label("handed back", "退回"),
        ImportAction.FINISH: Label("finished", "完成"),
    },
    parties={ImportParty.OWNER: Label("its owner", "导入单位"), ImportParty.WORKER: Label("the worker", "后台")},
)
UNFINISHED = (ImportState.WAITING, ImportState.READING, ImportState.COMMITTING)
"""The states in which a worker has something to do."""
MOST_TRIES = 4
"""How often a worker may die or fail over a file before it is refused, or its commit handed back."""


def refuse_bad_rows(wanted: Wanted, bad_count: int) -> None:
    """Raises NotAllowedNow when all rows are to be committed and some cannot be."""
    if wanted is Wanted.ALL and bad_count:
        raise NotAllowedNow(
            f'{bad_count} rows have errors; correct the file and send it again, or commit {{"rows": "good"}}',
            f'有 {bad_count} 行存在错误，请更正文件后重新上传，或以 {{"rows": "good"}} 只提交正确的行',
        )


def refuse_other_kind(kind: str, kinds: Sequence[str]) -> None:
    """Raises InvalidInput when the kind is none that there is."""
    if kind not in kinds:
        raise invalid(
            FieldFault(f"give one of {', '.join(kinds)}", f"请填写其中之一：{'、'.join(kinds)}", parameter="kind")
        )
