"""The verb `fairness`: measures the rules on labelled clauses, without a server."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.fairness import interpreter
from common.intervals import wilson


class LabelledClause(BaseModel):
    """A clause, whether it is a violation, and which kind of violation or of near miss somebody took it for."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str = Field(min_length=1, max_length=20_000)
    label: Literal["violation", "ok"]
    kind: str = "unnamed"


class JudgedClause(NamedTuple):
    clause: LabelledClause
    rules: Sequence[str]

    @property
    def is_right(self) -> bool:
        return bool(self.rules) == (self.clause.label == "violation")


class ClauseShare(NamedTuple):
    """A share of cases, with the bounds of its 95 % interval; None of nothing."""

    of: int
    value: float | None
    low: float
    high: float


def share(hits: int, of: int) -> ClauseShare:
    return ClauseShare(of, hits / of if of else None, *wilson(hits, of))


def precision(judged: Iterable[JudgedClause]) -> ClauseShare:
    """Of the clauses in which a rule holds, the violations."""
    found = [one for one in judged if one.rules]
    return share(sum(one.is_right for one in found), len(found))


def recall(judged: Iterable[JudgedClause]) -> ClauseShare:
    """Of the violations, those in which a rule holds."""
    wanted = [one for one in judged if one.clause.label == "violation"]
    return share(sum(one.is_right for one in wanted), len(wanted))


def judge(clauses: Iterable[LabelledClause]) -> list[JudgedClause]:
    return [JudgedClause(one, [found.rule.id for found in interpreter.check(one.text)]) for one in clauses]


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb."""
    parser.add_argument(
        "file", type=Path, help='one JSON object a line: {"text": "…", "label": "violation|ok", "kind"?}'
    )
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")


def run(arguments: Namespace) -> int:
    """The exit status: 0, or 2 with one line on stderr when the file cannot be used."""
    try:
        judged = judge(_read(arguments.file))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{arguments.file}: {_said(error)}\n")
        return 2
    sys.stdout.write(json.dumps(_document(judged), ensure_ascii=False) + "\n" if arguments.json else _table(judged))
    return 0


def _said(error: Exception) -> str:
    return str(error).splitlines()[0]


def _read(path: Path) -> list[LabelledClause]:
    """Raises OSError, and ValueError naming the line."""
    clauses = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        try:
            clauses += [LabelledClause.model_validate_json(line)] if line.strip() else []
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the line"
            raise ValueError(
                f"line {number}: {field}: {first['msg']}; a row has text, label and perhaps kind"
            ) from None
    if not clauses:
        raise ValueError('no rows: give one JSON object a line, such as {"text": "…", "label": "ok"}')
    return clauses


def _document(judged: Sequence[JudgedClause]) -> dict[str, Any]:
    wrong = [{**one.clause.model_dump(), "rules": list(one.rules)} for one in judged if not one.is_right]
    of = {"precision": precision(judged), "recall": recall(judged)}
    bounds = {f"{name}_interval": [one.low, one.high] for name, one in of.items()}
    return {"cases": len(judged), **{name: one.value for name, one in of.items()}, **bounds, "wrong": wrong}


def _table(judged: Sequence[JudgedClause]) -> str:
    lines = [
        f"cases      {len(judged)}",
        f"precision  {_percent(precision(judged))}",
        f"recall     {_percent(recall(judged))}",
        "",
        *(f"{kind:<24} {right:>4} of {of:>4} right" for kind, (right, of) in _by_kind(judged).items()),
        "",
        *(
            f"wrong  {one.clause.label:<10} {one.clause.text}  {' '.join(one.rules)}"
            for one in judged
            if not one.is_right
        ),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _percent(one: ClauseShare) -> str:
    value = "of nothing" if one.value is None else f"{one.value:.3f}"
    return f"{value}  (95 %: {one.low:.3f} … {one.high:.3f}, of {one.of})"


def _by_kind(judged: Sequence[JudgedClause]) -> Mapping[str, tuple[int, int]]:
    """Violations first, then near misses, each by name."""
    names = sorted({(one.clause.label == "ok", one.clause.kind) for one in judged})
    of_kind = {name: [one for one in judged if (one.clause.label == "ok", one.clause.kind) == name] for name in names}
    return {
        f"{'ok' if is_ok else 'violation'} {kind}": (sum(one.is_right for one in some), len(some))
        for (is_ok, kind), some in of_kind.items()
    }
