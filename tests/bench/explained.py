"""Explains pairs and prints what that took; run as a script by `explaining`, in whatever build of the project.

Standard input: {"demands": [[clause, …], …], "profiles": [[[source, text, trl], …], …]}. The first argument is a file
of the cosines, one array (clauses, sentences) for each pair that is explained. Standard output: processor seconds of
each round over all pairs; or, with a second argument `outcomes`, for each clause of a pair what it comes to and the
words found, by words and by cosines.
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

    def explain(self, asked: Any, spans: list[Any], told: Any, cosines: Any) -> list[Any]:
        """One verdict a clause."""
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


class Work:
    """What is to be explained, and what has been read of it."""

    def __init__(self, build: Today, given: Any, cosines: dict[str, Any]) -> None:
        contracts = importlib.import_module("common.contracts.catalog")
        self.build, self.given, self.cosines = build, given, cosines
        self._clauses = [[contracts.Clause.model_validate(one) for one in clauses] for clauses in given["demands"]]
        self._spans = [_spans(clauses) for clauses in self._clauses]
        self.pairs = [(int(d), int(p)) for d, p in (name.split("/") for name in cosines)]
        self._asked: dict[int, Any] = {}
        self._told: dict[int, Any] = {}

    def explain(self, d: int, p: int, cosines: Any) -> list[Any]:
        if d not in self._asked:
            self._asked[d] = self.build.asked(self._clauses[d])
        if p not in self._told:
            self._told[p] = self.build.told(self.given["profiles"][p])
        return self.build.explain(self._asked[d], self._spans[d], self._told[p], cosines)


def _spans(clauses: list[Any]) -> list[Any]:
    span = importlib.import_module("common.contracts.matcher").Span
    return [span(source=f"clauses/{at}", start=0, end=len(one.text), text=one.text) for at, one in enumerate(clauses)]


def _seconds(work: Work) -> list[float]:
    # Patterns are compiled once in a process.
    Work(work.build, work.given, work.cosines).explain(*work.pairs[0], next(iter(work.cosines.values())))
    taken = []
    for _ in range(ROUNDS):
        began_at = time.process_time()
        for d, p in work.pairs:
            work.explain(d, p, work.cosines[f"{d}/{p}"])
        taken.append(time.process_time() - began_at)
    return taken


def _outcomes(work: Work) -> dict[str, list[list[Any]]]:
    found = {}
    for d, p in work.pairs:
        cosines = work.cosines[f"{d}/{p}"]
        both = [work.explain(d, p, [None] * len(cosines)), work.explain(d, p, cosines)]
        found[f"{d}/{p}"] = [[_shown(one) for one in verdicts] for verdicts in zip(*both, strict=True)]
    return found


def _shown(verdict: Any) -> list[str]:
    return [verdict.outcome.value, verdict.profile_span.text if verdict.profile_span else ""]


def main() -> None:
    build = Today() if importlib.util.find_spec("matcher.engine.facts") else Base()
    table = np.load(sys.argv[1])
    work = Work(build, json.load(sys.stdin), {name: table[name].tolist() for name in table.files})
    json.dump(_outcomes(work) if sys.argv[2:] == ["outcomes"] else _seconds(work), sys.stdout)


if __name__ == "__main__":
    main()
