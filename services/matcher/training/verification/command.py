"""The verb `train-verifier`: makes the file of the learned verifier from contrast sets."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from common.progress import counted
from matcher.engine.embedding import e5_file
from matcher.engine.embedding.contract import ModelUnavailable
from matcher.engine.verification import weights
from matcher.json_lines import BadFile
from matcher.training.verification import contrast
from matcher.training.verification.contrast import SHIPPED, SHIPPED_PAIRS
from matcher.training.verification.lessons import REFUTES, SUPPORTS

EPOCHS = 5
_ANSWERS = ("supports", "refutes")
_LEAST_CHANCES = (0.5, 0.8, 0.9, 0.95)


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb."""
    parser.add_argument("out", type=Path, help="the file to write, such as verifier.npz")
    parser.add_argument("--sets", type=Path, default=SHIPPED, metavar="DIR", help="a folder of contrast sets (.jsonl)")
    parser.add_argument("--pairs", type=Path, default=SHIPPED_PAIRS, metavar="DIR", help="a folder of judged pairs")
    parser.add_argument(
        "--start", type=Path, metavar="FILE", help="go on from these weights instead of learning single sentences first"
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"passes over single sentences ({EPOCHS})")
    parser.add_argument("--name", default="paragraphs-1", help="the version that receipts name (paragraphs-1)")


def run(arguments: Namespace) -> int:
    """The exit status: 0, or 2 with one line on stderr when the sets cannot be used. Raises ModelUnavailable."""
    try:
        from matcher.training.verification import learn
    except ImportError as error:
        raise ModelUnavailable(
            f"Training needs the extra st: pip install -r requirements-st.lock ({error})."
        ) from error
    try:
        sets, pairs = contrast.read(arguments.sets), contrast.read_pairs(arguments.pairs)
    except BadFile as error:
        sys.stderr.write(f"{error}\n")
        return 2
    path = e5_file.bundled_path()
    e5_file.verify(path)
    start = weights.read(arguments.start) if arguments.start else None
    with counted("training the verifier", 1000) as advance:
        learnt = learn.learn(
            learn.Material(sets, pairs, start), e5_file.E5File(path), arguments.name, arguments.epochs, advance
        )
    with arguments.out.open("wb") as file:
        np.savez_compressed(file, **learnt.arrays)  # type: ignore[arg-type]
    Console().print(_table([lesson.label for lesson in learnt.held], learnt.chances))
    return 0


def _table(labels: list[int], chances: "np.typing.NDArray[np.float32]") -> Table:
    """How often an answer given with at least such a chance is right, in industries that were held out."""
    table = Table("answer", "chance at least", "given", "right", "found of all", title="held-out industries")
    right = np.array(labels)
    for answer in (SUPPORTS, REFUTES):
        for least in _LEAST_CHANCES:
            given = chances[:, answer] >= least
            hits = int((right[given] == answer).sum())
            share = f"{hits / max(1, int((right == answer).sum())):.0%}"
            table.add_row(_ANSWERS[answer], f"{least:g}", str(int(given.sum())), str(hits), share)
    return table
