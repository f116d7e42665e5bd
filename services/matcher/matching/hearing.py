"""One pair, clause by clause: the rules on every clause, then the learned verifier, neither longer than it matters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.contracts.matcher import Outcome
from matcher.engine.verdicts.by_validation import Validated, is_measured
from matcher.engine.verdicts.confirm import confirmed, withheld
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.judge import Ruling, rule
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.relevance import Cosines
from matcher.engine.verdicts.summary import is_gated, most_support, support
from matcher.engine.verification.claims import Verifies

Suffices = Callable[[float], bool]
"""Whether a pair whose clauses support the offer so far, 0 … 1, is worth a match."""


@dataclass(frozen=True)
class Hearing:
    """
    questions  the demand's clauses as they are read
    told       what the profile says, `validated` what was measured of it
    cosines    of each clause with each sentence that is told
    verifier   without which the rules decide alone
    """

    questions: Sequence[Question]
    told: Evidence
    validated: Validated
    cosines: Sequence[Cosines]
    verifier: Verifies | None

    def rulings(self) -> list[Ruling]:
        """On every clause, in order."""
        return [self._confirmed(self._by_rules(at)) for at in range(len(self.questions))]

    def rulings_if(self, suffices: Suffices) -> list[Ruling] | None:
        """The same; None when the pair misses a hard clause or its support does not suffice.

        What is known by then may tell, without the other clauses. The verifier is asked only about a pair that the
        rules would make a match if it withheld all misses: about its misses first, which may end it.
        """
        found = self._by_rules_if(suffices)
        if found is None or not self._are_confirmed(found, suffices):
            return None
        return found if suffices(support(found)) else None

    def _are_confirmed(self, found: list[Ruling], suffices: Suffices) -> bool:
        """Confirm or withhold each in its place, until the pair is seen to be none; then False."""
        for at in sorted(range(len(found)), key=lambda at: found[at].outcome is not Outcome.NOT_SATISFIED):
            found[at] = self._confirmed(found[at])
            if is_gated([found[at]]) or not suffices(support(list(map(self._at_best, found)))):
                return False
        return True

    def _by_rules_if(self, suffices: Suffices) -> list[Ruling] | None:
        clauses = [each.clause for each in self.questions]
        ahead = sorted(range(len(clauses)), key=lambda at: clauses[at].is_hard)
        found: dict[int, Ruling] = {}
        while ahead:
            at = ahead.pop()
            found[at] = self._by_rules(at)
            at_best = list(map(self._at_best, found.values()))
            if is_gated(at_best) or not suffices(most_support(at_best, [clauses[at] for at in ahead])):
                return None
        return [found[at] for at in sorted(found)]

    def _by_rules(self, at: int) -> Ruling:
        # What was measured counts before what is said.
        if measured := self.validated.ruling(self.questions[at], at):
            return measured
        return rule(self.questions[at], at, self.told, self.cosines[at])

    def _confirmed(self, ruling: Ruling) -> Ruling:
        # What was measured needs no verifier: code compared the two figures.
        if self.verifier is None or is_measured(ruling):
            return ruling
        return confirmed(ruling, self.told, self.verifier)

    def _at_best(self, ruling: Ruling) -> Ruling:
        """The kindest that the verifier may make of a ruling by rules: it may withhold a miss."""
        is_final = self.verifier is None or is_measured(ruling) or ruling.outcome is not Outcome.NOT_SATISFIED
        return ruling if is_final else withheld(ruling)
