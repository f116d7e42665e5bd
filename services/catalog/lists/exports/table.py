"""A list as the table that agencies publish, with headers that imports of demands read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from common.contracts.clauses import ClauseKind
from common.contracts.words import LEVEL_LABELS_ZH, ScenarioLevel
from common.sheets import dates, divisions, money

Entry = Mapping[str, Any]
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class TableColumn(NamedTuple):
    """A header, how wide its column is in characters, and what stands below it."""

    header: str
    width: int
    text: Callable[[Entry], str]


def itemised(items: Sequence[str]) -> str:
    """Several things in one cell, one a line, each with its number; one alone has none."""
    if len(items) < 2:
        return "".join(items)
    numbers = CIRCLED if len(items) <= len(CIRCLED) else [f"{place + 1}、" for place in range(len(items))]
    return "\n".join(f"{number}{item}" for number, item in zip(numbers, items, strict=False))


def _clauses(*kinds: ClauseKind) -> Callable[[Entry], str]:
    return lambda entry: itemised([clause["text"] for clause in entry["clauses"] if clause["kind"] in kinds])


def _said(name: str) -> Callable[[Entry], str]:
    return lambda entry: entry[name] or ""


def _names(name: str) -> Callable[[Entry], str]:
    return lambda entry: "、".join(entry[name])


def _level(entry: Entry) -> str:
    return LEVEL_LABELS_ZH[ScenarioLevel(entry["level"])]


def _place(entry: Entry) -> str:
    return divisions.name_of(entry["division"]) if entry["division"] else ""


def _budget(entry: Entry) -> str:
    """Of another currency the table says nothing: its header names yuan."""
    return money.written(entry["budget_min_fen"], entry["budget_max_fen"]) if entry["currency"] == "CNY" else ""


def _closing(entry: Entry) -> str:
    return dates.written(datetime.fromisoformat(entry["closes_at"])) if entry["closes_at"] else ""


COLUMNS = (
    TableColumn("场景名称", 28, _said("title")),
    TableColumn("应用需求", 56, _said("need")),
    TableColumn("功能要求", 40, _clauses(ClauseKind.FUNCTION)),
    TableColumn("技术指标", 40, _clauses(ClauseKind.PERFORMANCE)),
    TableColumn("技术标准", 28, _clauses(ClauseKind.STANDARD)),
    TableColumn("资质要求", 24, _clauses(ClauseKind.QUALIFICATION)),
    TableColumn("数据要求", 24, _clauses(ClauseKind.DATA)),
    TableColumn("安全要求", 24, _clauses(ClauseKind.SECURITY)),
    TableColumn("交付要求", 24, _clauses(ClauseKind.DELIVERY)),
    TableColumn("造价要求", 24, _clauses(ClauseKind.BUDGET)),
    TableColumn("需求单位", 24, _said("owner_name")),
    TableColumn("应用领域", 12, _said("domain")),
    TableColumn("场景级别", 12, _level),
    TableColumn("所属赛道", 16, _names("tracks")),
    TableColumn("应用区域", 12, _place),
    TableColumn("预算（万元）", 14, _budget),
    TableColumn("截止时间", 12, _closing),
    TableColumn("采购方式", 14, _said("procurement_route")),
    TableColumn("对接方式", 32, _said("docking")),
    TableColumn("支持政策", 32, _names("policies")),
)
"""Beside the number of each row, which comes first."""
NUMBER = "序号"


def rows(entries: Sequence[Entry]) -> list[list[str]]:
    return [[column.text(entry) for column in COLUMNS] for entry in entries]
