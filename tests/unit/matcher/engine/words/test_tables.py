"""Tables say where they are wrong, and nothing stands twice in one by accident."""

from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.engine.facts import derived, grades, measures, units
from matcher.engine.modifiers import interpreter
from matcher.engine.words import glossary, tables

AMBIGUOUS = ["truck", "lorry", "train", "acoustic", "sample", "meter", "load", "dispatch"]
"""English stems with two Chinese meanings: a train, and to train."""
KEYS: dict[str, Callable[[], list[str]]] = {
    "units": lambda: [name for row in units.rows() for name in row.names],
    "units in a context": lambda: [f"{row.written} {row.before.pattern}" for row in units.IN_CONTEXT],
    "metrics": lambda: [row.metric.name for row in measures.rows()],
    "complements": lambda: [name for row in derived.complements() for cell in row[:2] for name in cell.split()],
    "scales": lambda: [scale.key for scale in grades.SCALES],
    "examples of scales": lambda: [text for scale in grades.SCALES for text, _ in scale.yes],
    "stems": lambda: [stem for stems, _ in glossary.entries() for stem in stems if stem not in AMBIGUOUS],
    "rules": lambda: [rule.id for rule in interpreter.rules()],
    "patterns of rules": lambda: [
        f"{rule.reach} {sorted(rule.targets)} {rule.pattern}" for rule in interpreter.rules()
    ],
}


@pytest.mark.parametrize("table", KEYS)
def test_nothing_stands_twice(table: str) -> None:
    assert tables.repeated(KEYS[table]()) == []


def test_what_may_stand_twice_does() -> None:
    assert tables.repeated(stem for stems, _ in glossary.entries() for stem in stems) == AMBIGUOUS


def test_a_row_of_another_width_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text("# what it is\none\ttwo\n\nthree\n")
    with pytest.raises(ValueError, match=r"^table\.tsv:4 has 1 cells, not 2$"):
        tables.rows(path, width=2)


def test_a_blank_within_a_name_is_written_as_a_stroke() -> None:
    assert tables.names("mean_time 平均") == ("mean time", "平均")


def test_what_repeats_is_named_once_for_each_repetition() -> None:
    assert tables.repeated(["a", "b", "a", "a"]) == ["a", "a"]
