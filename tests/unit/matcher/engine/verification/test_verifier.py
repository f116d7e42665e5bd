"""A learned verifier confirms what the rules decide, and whatever it does not confirm is withheld."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from common.contracts.matcher import Outcome
from common.settings import from_environment
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.embedding import ModelUnavailable
from matcher.engine.verdicts.confirm import confirmed
from matcher.engine.verdicts.judge import Ruling, rule
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Reason
from matcher.engine.verification import weights
from matcher.engine.verification.claims import SentenceClaim
from matcher.engine.verification.verifier import ClauseVerifier, load_verifier
from matcher.settings import EngineSettings
from tests.support.verdicts import says

CLAUSE = "箱体残损识别准确率不低于95%"


@pytest.fixture(scope="module")
def verifier() -> ClauseVerifier:
    return load_verifier(from_environment(EngineSettings).platform.cache)


class Sure:
    """Answers every claim alike."""

    version = "sure"

    def __init__(self, *chances: float) -> None:
        self.chances, self.asked = chances, list[SentenceClaim]()

    def verify(self, asked: Sequence[SentenceClaim]) -> NDArray[np.float32]:
        self.asked += asked
        return np.array([self.chances] * len(asked), dtype=np.float32)


def ruling(profile: str) -> Ruling:
    return rule(Question(clause_of(CLAUSE)), 0, says(profile), None)


@pytest.mark.parametrize("profile", ["箱体残损识别准确率97.6%", "箱体残损识别准确率90%"])
def test_what_is_not_confirmed_is_withheld_and_still_shown(profile: str) -> None:
    decided = ruling(profile)
    withheld = confirmed(decided, says(profile), Sure(0.1, 0.1, 0.8))
    assert decided.outcome is not Outcome.INSUFFICIENT_EVIDENCE
    assert (withheld.outcome, withheld.finding.reason) == (Outcome.INSUFFICIENT_EVIDENCE, Reason.UNCONFIRMED)
    assert withheld.finding.place == decided.finding.place


def test_what_is_confirmed_stays_as_it_is() -> None:
    met, missed = "箱体残损识别准确率97.6%", "箱体残损识别准确率90%"
    assert confirmed(ruling(met), says(met), Sure(0.99, 0, 0.01)) == ruling(met)
    assert confirmed(ruling(missed), says(missed), Sure(0, 0.99, 0.01)) == ruling(missed)


def test_support_does_not_confirm_a_miss() -> None:
    missed = "箱体残损识别准确率90%"
    assert confirmed(ruling(missed), says(missed), Sure(0.99, 0, 0.01)).outcome is Outcome.INSUFFICIENT_EVIDENCE


def test_the_verifier_is_not_asked_about_what_is_open() -> None:
    sure = Sure(0.99, 0, 0.01)
    assert (
        confirmed(ruling("公司成立于2009年"), says("公司成立于2009年"), sure).outcome is Outcome.INSUFFICIENT_EVIDENCE
    )
    assert sure.asked == []


def test_the_same_claim_has_the_same_chances_alone_and_in_company(verifier: ClauseVerifier) -> None:
    claims = [SentenceClaim(CLAUSE, f"箱体残损识别准确率{figure}%，车辆不停车通过") for figure in (97, 98, 99)]
    together = verifier.verify(claims)
    assert together.shape == (3, 3)
    assert np.allclose(together.sum(axis=1), 1, atol=1e-5)
    for claim, chances in zip(claims, together, strict=True):
        assert (load_alone(claim) == chances).all()


def load_alone(claim: SentenceClaim) -> NDArray[np.float32]:
    fresh = load_verifier(from_environment(EngineSettings).platform.cache)
    return np.asarray(fresh.verify([claim])[0])


def test_a_plan_a_rival_and_another_thing_are_less_to_the_point(
    verifier: ClauseVerifier,
) -> None:
    own, plan, rival, other = (
        1 - chances[2]
        for chances in verifier.verify(
            [
                SentenceClaim(CLAUSE, "目前在用系统的箱体残损识别准确率为97.6%"),
                SentenceClaim(CLAUSE, "计划明年将箱体残损识别准确率提高到97.6%"),
                SentenceClaim(CLAUSE, "某竞品厂商宣称箱体残损识别准确率97.6%"),
                SentenceClaim(CLAUSE, "该系统的车牌识别准确率为97.6%"),
            ]
        )
    )
    assert own > 0.8 > 0.5 > max(plan, rival, other)


def test_scripts_that_it_never_learnt_tell_nothing(verifier: ClauseVerifier) -> None:
    assert verifier.verify([SentenceClaim(CLAUSE, "ความแม่นยำในการตรวจจับความเสียหาย")])[0].tolist() == [0, 0, 1]


def test_a_file_that_is_no_verifier_is_refused(tmp_path: Path) -> None:
    (tmp_path / "verifier.npz").write_bytes(b"no archive")
    with pytest.raises(ModelUnavailable):
        weights.read(tmp_path / "verifier.npz")
