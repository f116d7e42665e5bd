"""What the organisations of the stories write: one demand, a firm that fits it, and firms that do not."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

_DEMAND: Json = {
    "kind": "scenario",
    "title": "港口闸口集装箱箱体残损智能识别",
    "need": "港区进出闸口的集装箱箱体破洞、凹陷和锈蚀仍靠人工目视登记，夜间和雨雾天漏判较多。"
    "需在不停车通过的条件下自动识别残损，标出位置、类型和尺寸，结果写入闸口系统。",
    "clauses": [
        {"kind": "function", "text": "识别箱体破洞、凹陷、锈蚀并标注位置", "is_hard": False},
        {
            "kind": "performance",
            "text": "残损识别准确率不低于96%",
            "is_hard": False,
            "metric": "残损识别准确率",
            "operator": "ge",
            "value": 96,
            "unit": "%",
        },
        {"kind": "security", "text": "数据存储满足网络安全等级保护三级要求", "is_hard": False},
    ],
    "domain": "智慧港口",
    "division": "370211",
}

_FITTING: Json = {
    "offer_kind": "solution",
    "headline": "不停车通过的集装箱箱体残损识别系统",
    "summary": "面向码头闸口，用线阵相机采集箱体高清图像，自动识别破洞、凹陷、锈蚀并标注位置和尺寸，结果写入闸口系统。",
    "items": [
        {
            "title": "箱体残损识别",
            "text": "在用系统识别箱体破洞、凹陷、锈蚀三类残损并标注位置，残损识别准确率为97.6%，由第三方检测。",
            "trl": 9,
        }
    ],
    "language": "zh",
}

_STRANGER: Json = {
    "offer_kind": "solution",
    "headline": "中央厨房净菜加工与团餐配送",
    "summary": "为学校和企业食堂提供净菜清洗、切配、冷链配送和营养配餐服务。",
    "items": [{"title": "团餐配送", "text": "日供餐两万份，冷链车三十辆，食材可追溯。"}],
    "language": "zh",
}


def demand(**changes: object) -> Json:
    """A demand that `fitting_profile` fits; it closes in thirty days."""
    return {**deepcopy(_DEMAND), "closes_at": in_seconds(30 * 24 * 3600), **changes}


def in_seconds(count: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=count)).isoformat()


def fitting_profile(**changes: object) -> Json:
    return {**deepcopy(_FITTING), **changes}


def strange_profile(**changes: object) -> Json:
    """Of the same kind of offer, and of no use to the demand."""
    return {**deepcopy(_STRANGER), **changes}


def text_at(source: str, demand_or_profile: Json) -> str:
    """The text that a span's `source` names, such as `need`, `items/0/title`, or `clauses/2` for that clause's text."""
    found: Any = demand_or_profile
    for step in source.split("/"):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return str(found["text"] if isinstance(found, dict) else found)
