"""The verb `judge`: scores the verdicts on a file of judged clause–profile pairs."""

import json
import sys
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from common.contracts.matcher import Outcome
from common.progress import counted
from common.settings import from_environment
from matcher.engine.clauses import requirement
from matcher.engine.embedding import Embedder
from matcher.engine.verdicts import confirm, judge
from matcher.engine.verdicts.evidence import Evidence, EvidenceText
from matcher.engine.verdicts.evidence import read as read_evidence
from matcher.engine.verdicts.judge import Ruling
from matcher.engine.verdicts.question import Question
from matcher.engine.verification.claims import ParagraphClaim, Verifies
from matcher.engine.verification.verifier import load_verifier
from matcher.evaluation import rows, verdict_report
from matcher.evaluation.command import configured_embedder
from matcher.evaluation.coverage import WeighedVerdict
from matcher.evaluation.pairs import Label, Pair
from matcher.evaluation.verdict_report import ScoredVerdict
from matcher.json_lines import BadFile
from matcher.settings import EngineSettings

_LABELS: dict[Label, Outcome] = {
    "满足": Outcome.SATISFIED,
    "不满足": Outcome.NOT_SATISFIED,
    "证据不足": Outcome.INSUFFICIENT_EVIDENCE,
}
_WIDTH = 120


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
            found.append(_scored(pair, embedder, verifier))
            advance(done)
    return found


def _scored(pair: Pair, embedder: Embedder, verifier: Verifies | None) -> ScoredVerdict:
    """As the platform judges a demand of one clause, given as text without fields, and a profile of one text."""
    clause = requirement.read(pair.clause)
    evidence = read_evidence([EvidenceText("summary", pair.profile)])
    told = embedder.encode_passages([sentence.text for sentence in evidence.sentences])
    cosines: list[float] = np.asarray(told @ embedder.encode_queries([clause.text])[0]).tolist()
    ruling = judge.rule(Question(clause), 0, evidence, cosines)
    weighed = None
    if verifier is not None:
        weighed = _weighed(pair, ruling, evidence, verifier)
        ruling = confirm.confirmed(ruling, evidence, verifier)
    said = judge.told(ruling, evidence, "zh")
    right, second = _LABELS[pair.right], _LABELS[pair.second] if pair.second else None
    return ScoredVerdict(pair.clause, pair.profile, pair.kind, right, said.outcome, said.reason, second, weighed)


def _weighed(pair: Pair, ruling: Ruling, evidence: Evidence, verifier: Verifies) -> WeighedVerdict:
    agreed = confirm.agreement(ruling, evidence, verifier)
    supports, refutes, _ = verifier.verify([ParagraphClaim(ruling.clause.text, pair.profile)])[0].tolist()
    return WeighedVerdict(_LABELS[pair.right], ruling.outcome, agreed, supports, refutes)
