"""The verb `judge`: scores the verdicts on a file of judged clause–profile pairs."""

import json
import sys
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field
from rich.console import Console

from common.contracts.matcher import ClauseVerdict, Outcome
from common.progress import counted
from common.settings import from_environment
from matcher.engine.clauses import requirement
from matcher.engine.embedding import Embedder
from matcher.engine.verdicts import judge
from matcher.engine.verdicts.confirm import confirmed
from matcher.engine.verdicts.evidence import EvidenceText
from matcher.engine.verdicts.evidence import read as read_evidence
from matcher.engine.verdicts.question import Question
from matcher.engine.verification.claims import Verifies
from matcher.engine.verification.verifier import load_verifier
from matcher.evaluation import rows, verdict_report
from matcher.evaluation.command import configured_embedder
from matcher.evaluation.rows import Loose
from matcher.evaluation.verdict_report import ScoredVerdict
from matcher.json_lines import BadFile
from matcher.settings import EngineSettings

Label = Literal["满足", "不满足", "证据不足"]
_LABELS: dict[Label, Outcome] = {
    "满足": Outcome.SATISFIED,
    "不满足": Outcome.NOT_SATISFIED,
    "证据不足": Outcome.INSUFFICIENT_EVIDENCE,
}
_WIDTH = 120


class Pair(Loose):
    """`right` is the verdict of a careful reader, `second` that of another one, `kind` a word to group by."""

    clause: str = Field(min_length=1, max_length=2_000)
    profile: str = Field(max_length=100_000)
    right: Label
    second: Label | None = None
    kind: str = ""


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb."""
    parser.add_argument(
        "file",
        type=Path,
        help='one JSON object a line: {"clause", "profile", "right": "满足|不满足|证据不足", "second"?, "kind"?}',
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument(
        "--verifier",
        action=BooleanOptionalAction,
        help="withhold what the learned verifier does not confirm; by default as MATCHER_VERIFIER says",
    )


def run(arguments: Namespace) -> int:
    """The exit status: 0, or 2 with one line on stderr when the file cannot be used. Raises ModelUnavailable."""
    try:
        pairs = rows.read(arguments.file, Pair)
    except BadFile as error:
        sys.stderr.write(f"{error}\n")
        return 2
    embedder = configured_embedder()
    settings = from_environment(EngineSettings)
    is_verified = settings.verifier if arguments.verifier is None else arguments.verifier
    verifier = load_verifier(settings.platform.cache) if is_verified else None
    judged = judge_all(pairs, embedder, verifier)
    if arguments.json:
        sys.stdout.write(json.dumps(verdict_report.as_json(judged), ensure_ascii=False) + "\n")
        return 0
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    for table in verdict_report.tables(judged):
        console.print(table)
    return 0


def judge_all(pairs: Sequence[Pair], embedder: Embedder, verifier: Verifies | None) -> list[ScoredVerdict]:
    """Each pair with its verdict, in order; tens of milliseconds a pair, shown as a bar."""
    found = []
    with counted("judging", len(pairs)) as advance:
        for done, pair in enumerate(pairs, start=1):
            said = _verdict(pair, embedder, verifier)
            found.append(
                ScoredVerdict(
                    pair.clause,
                    pair.profile,
                    pair.kind,
                    _LABELS[pair.right],
                    said.outcome,
                    said.reason,
                    second=_LABELS[pair.second] if pair.second else None,
                )
            )
            advance(done)
    return found


def _verdict(pair: Pair, embedder: Embedder, verifier: Verifies | None) -> ClauseVerdict:
    """As the platform judges a demand of one clause, given as text without fields, and a profile of one text."""
    clause = requirement.read(pair.clause)
    evidence = read_evidence([EvidenceText("summary", pair.profile)])
    told = embedder.encode_passages([sentence.text for sentence in evidence.sentences])
    cosines: list[float] = np.asarray(told @ embedder.encode_queries([clause.text])[0]).tolist()
    ruling = judge.rule(Question(clause), 0, evidence, cosines)
    if verifier is not None:
        ruling = confirmed(ruling, evidence, verifier)
    return judge.told(ruling, evidence, "zh")
