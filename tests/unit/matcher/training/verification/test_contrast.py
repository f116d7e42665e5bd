"""The shipped contrast sets, and what is said of a file that holds none."""

import json
from collections import Counter
from pathlib import Path

import pytest

from matcher.json_lines import BadFile, objects
from matcher.training.verification import contrast

BLIND = Path(__file__).parents[4] / "data" / "blind"
_ONE = {
    "industry": "港口",
    "clause": "起升速度不低于90米/分钟",
    "asks": "figure",
    "context": ["主钩配有限位开关"],
    "deciding": [{"text": "起升速度100米/分钟", "right": "满足", "how": "met"}],
}


def test_the_shipped_sets_are_many_and_near_misses_outnumber_hits() -> None:
    sets = contrast.read(contrast.SHIPPED)
    labels = Counter(deciding.right for each in sets for deciding in each.deciding)
    assert len(sets) >= 880
    assert len({each.industry for each in sets}) >= 40
    assert labels.total() >= 4_000
    assert labels["证据不足"] > labels["满足"] > labels["不满足"] > 0
    assert any(each.clause.isascii() for each in sets), "none is in English"


def test_the_shipped_pairs_are_many_of_all_kinds_and_in_no_blind_set() -> None:
    pairs = contrast.read_pairs(contrast.SHIPPED_PAIRS)
    labels = Counter(pair.right for pair in pairs)
    assert len(pairs) >= 2_500
    assert len({pair.kind for pair in pairs}) >= 14
    assert labels["证据不足"] > labels["满足"] > labels["不满足"] > 0
    blind = {(row["clause"], row["profile"]) for path in BLIND.glob("*.jsonl") for _, row in objects(path)}
    assert len(blind) >= 560
    assert not blind & {(pair.clause, pair.profile) for pair in pairs}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"clause": ""}, "clause"),
        ({"deciding": []}, "deciding"),
        ({"deciding": [{"text": "x", "right": "对"}]}, "right"),
    ],
)
def test_a_bad_set_is_named_by_line_and_field(tmp_path: Path, change: dict[str, object], field: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in (_ONE, {**_ONE, **change})), "utf-8")
    with pytest.raises(BadFile, match=rf"a\.jsonl:2: .*{field}"):
        contrast.read(tmp_path)
