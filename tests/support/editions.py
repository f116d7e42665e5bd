"""Published lists for the tests of their exports: small ones, and one of all sample demands."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from catalog.lists.exports.edition import PublishedEdition
from common.canonical import canonical

Json = dict[str, Any]
SAMPLES = Path(__file__).parents[2] / "deploy" / "embedded" / "samples"
PUBLISHED_AT = datetime(2027, 3, 1, 1, 30, tzinfo=UTC)
OWNER = {"scheme": "uscc", "code": "91370211MA3QDK2Q8B"}
EDITOR = {"scheme": "uscc", "code": "11370200MB2F05681K"}
CLAUSE = {"kind": "function", "text": "识别五个箱面的破洞", "is_hard": True, "metric": None, "operator": None}
PERFORMANCE: Json = {
    **CLAUSE,
    "kind": "performance",
    "text": "残损识别准确率不低于96%",
    "metric": "残损识别准确率",
    "operator": "ge",
    "value": 96.0,
    "upper": None,
    "unit": "%",
}


def an_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def entry(name: str = "箱体残损识别", **changes: Any) -> Json:
    """An entry as a list publishes it."""
    fields: Json = {
        "demand_id": an_id(name),
        "demand_version": 1,
        "level": "high_end",
        "title": name,
        "need": "不停车识别箱体破洞和凹陷。",
        "clauses": [CLAUSE, PERFORMANCE],
        "domain": "智慧港口",
        "tracks": ["类脑智能"],
        "division": "370211",
        "locality": None,
        "budget_min_fen": 180_000_000,
        "budget_max_fen": 320_000_050,
        "currency": "CNY",
        "opens_at": None,
        "closes_at": "2099-12-31T16:00:00Z",
        "procurement_route": "合作创新采购",
        "docking": "线上提交方案后现场勘察",
        "policies": ["应用场景开放支持政策", "首台套政策"],
        "owner": OWNER,
        "owner_name": "青岛港（示例）",
    }
    return {**fields, **changes}


def edition(
    *entries: Json,
    number: int = 1,
    formers: Mapping[str, Json] | None = None,
    withdrawn: Sequence[str] = (),
    **changes: Any,
) -> PublishedEdition:
    document = {
        "id": an_id(f"list {number}"),
        "year": 2027,
        "batch": 1,
        "edition": number,
        "title": "青岛市2027年度应用场景清单（第一批）",
        "note": "请有意向的企业按对接方式联系。",
        "owner": EDITOR,
        "owner_name": "青岛市发展和改革委员会（示例）",
        "supersedes": an_id(f"list {number - 1}") if number > 1 else None,
        "reason": "更正一处指标" if number > 1 else None,
        "entries": list(entries),
        **changes,
    }
    content = canonical(document)
    published_at = PUBLISHED_AT.replace(day=number)
    known = json.loads(content)
    return PublishedEdition(known, content, published_at, formers or {}, withdrawn, "ocds-abc123", "")


def sample_entries() -> list[Json]:
    """All scenarios of the sample data."""
    rows = [json.loads(line) for line in (SAMPLES / "demands.jsonl").read_text(encoding="utf-8").splitlines()]
    kept = ("title", "domain", "tracks", "division", "budget_min_fen", "budget_max_fen")
    return [
        entry(
            row["title"],
            demand_id=an_id(row["id"]),
            need=row["text"],
            clauses=row["clauses"],
            **{name: row[name] for name in kept if name != "title"},
        )
        for row in rows
        if row["kind"] == "scenario"
    ]
