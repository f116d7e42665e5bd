"""Contrast sets and judged pairs as files hold them."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from matcher.evaluation import rows
from matcher.evaluation.pairs import Label, Pair
from matcher.evaluation.rows import Loose

SHIPPED = Path(__file__).parent / "contrast_sets"
SHIPPED_PAIRS = Path(__file__).parent / "judged_pairs"
FIGURED = frozenset({"figure", "derived", "unit", "condition", "price", "count", "delivery"})
"""What a clause `asks` where code compares a figure."""


class Deciding(Loose):
    """A sentence with the answer it makes right; `how` is the kind of hit or near miss."""

    text: str = Field(min_length=1, max_length=2_000)
    right: Label
    how: str = ""


class ContrastSet(Loose):
    """Sentences that, one at a time among the `context`, change whether the `clause` is met."""

    industry: str
    clause: str = Field(min_length=1, max_length=2_000)
    asks: str
    context: tuple[str, ...] = ()
    deciding: tuple[Deciding, ...] = Field(min_length=1)

    @property
    def is_figured(self) -> bool:
        """Whether the clause asks for a figure, which the verifier is never to compare."""
        return self.asks in FIGURED


def read(folder: Path) -> Sequence[ContrastSet]:
    """All sets of a folder's .jsonl files, in order of the files' names. Raises BadFile."""
    return [found for path in sorted(folder.glob("*.jsonl")) for found in rows.read(path, ContrastSet)]


def read_pairs(folder: Path) -> Sequence[Pair]:
    """All pairs of a folder's .jsonl files, in order of the files' names. Raises BadFile."""
    return [found for path in sorted(folder.glob("*.jsonl")) for found in rows.read(path, Pair)]
