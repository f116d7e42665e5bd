"""Explains pairs and prints what that took; run as a script by `explaining`, in whatever build of the project.

Standard input: {"demands": [[clause, …], …], "profiles": [[[source, text, trl], …], …]}. The argument is a file of the
cosines, one array (clauses, sentences) for each pair. Standard output: processor seconds of each round over all pairs.
"""

import importlib
import importlib.util
import json
import sys
import time
from typing import Any

import numpy as np

ROUNDS = 3


class Today:
    """What a worker does with a pair, by the modules of today: it keeps the demand and the profile that it has read."""

    def __init__(self) -> None:
        self._evidence = importlib.import_module("matcher.engine.verdicts.evidence")
        self._judge = importlib.import_module("matcher.engine.verdicts.judge")
        self._question = importlib.import_module("matcher.engine.verdicts.question").Question

    def asked(self, clauses: list[Any]) -> Any:
        return [self._question(clause) for clause in clauses]

    def told(self, texts: list[list[Any]]) -> Any:
        return self._evidence.read([self._evidence.EvidenceText(*text) for text in texts])

    def explain(self, asked: Any, spans: list[Any], told: Any, cosines: Any) -> object:
        rows = enumerate(zip(asked, cosines, strict=True))
        rulings = [self._judge.rule(one, at, told, row) for at, (one, row) in rows]
        return [self._judge.told(ruling, told, "zh", span) for ruling, span in zip(rulings, spans, strict=True)]


class Base(Today):
    """As they were in commit 52005ce, when modules kept what they had read of a clause."""

    def __init__(self) -> None:
        self._evidence = importlib.import_module("matcher.engine.evidence")
        self._judge = importlib.import_module("matcher.engine.verdicts")

    def asked(self, clauses: list[Any]) -> Any:
        return clauses


def main() -> None:
    matches = importlib.import_module("common.contracts.matcher")
    contracts = importlib.import_module("common.contracts.catalog")
    build = Today() if importlib.util.find_spec("matcher.engine.facts") else Base()
    given = json.load(sys.stdin)
    clauses = [[contracts.Clause.model_validate(clause) for clause in clauses] for clauses in given["demands"]]
    table = np.load(sys.argv[1])
    cosines = {name: table[name].tolist() for name in table.files}
    spans = [
        [
            matches.Span(source=f"clauses/{at}", start=0, end=len(one.text), text=one.text)
            for at, one in enumerate(asked)
        ]
        for asked in clauses
    ]
    # Patterns are compiled once in a process.
    build.explain(build.asked(clauses[0]), spans[0], build.told(given["profiles"][0]), cosines["0/0"])
    demands: dict[int, Any] = {}
    profiles: dict[int, Any] = {}
    taken = []
    for _ in range(ROUNDS):
        began_at = time.process_time()
        for d, p in ((d, p) for d in range(len(clauses)) for p in range(len(given["profiles"]))):
            if d not in demands:
                demands[d] = build.asked(clauses[d])
            if p not in profiles:
                profiles[p] = build.told(given["profiles"][p])
            build.explain(demands[d], spans[d], profiles[p], cosines[f"{d}/{p}"])
        taken.append(time.process_time() - began_at)
    json.dump(taken, sys.stdout)


if __name__ == "__main__":
    main()
