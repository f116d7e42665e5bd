"""The verb `clauses`: reads demands' texts as clauses, without a server."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from pydantic import Field

from common.contracts.clauses import Clause
from matcher.engine.clauses.split import split
from matcher.evaluation import rows
from matcher.evaluation.rows import Loose
from matcher.json_lines import BadFile


class Need(Loose):
    need: str = Field(min_length=1, max_length=100_000)


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb."""
    parser.add_argument("file", type=Path, help='one JSON object a line: {"need": "…"}')
    parser.add_argument("--json", action="store_true", help="print one array of clauses a line instead of text")


def run(arguments: Namespace) -> int:
    """The exit status: 0, or 2 with one line on stderr when the file cannot be used."""
    try:
        needs = rows.read(arguments.file, Need)
    except BadFile as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for need in needs:
        clauses = [found.clause for found in split(need.need)]
        if arguments.json:
            sys.stdout.write(json.dumps([_fields(one) for one in clauses], ensure_ascii=False) + "\n")
        else:
            sys.stdout.write(f"{need.need}\n" + "".join(f"  {_line(one)}\n" for one in clauses))
    return 0


def _fields(clause: Clause) -> dict[str, Any]:
    return clause.model_dump(mode="json", exclude_none=True)


def _line(clause: Clause) -> str:
    """performance, hard: 准确率≥95% [准确率 ge 95 %]"""
    strength = "hard" if clause.is_hard else "soft"
    figure = "" if clause.operator is None else f" [{_figure(clause)}]"
    return f"{clause.kind}, {strength}: {clause.text}{figure}"


def _figure(clause: Clause) -> str:
    bounds = f"{clause.value:g}" if clause.upper is None else f"{clause.value:g}…{clause.upper:g}"
    return " ".join(part for part in (clause.metric, clause.operator, bounds, clause.unit) if part)
