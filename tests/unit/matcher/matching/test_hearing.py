"""The verifier is asked about no more than what may become a match, and about misses first."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from common.contracts.matcher import Outcome
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.verdicts.question import Question
from matcher.engine.verification.claims import ParagraphClaim
from matcher.matching.hearing import Hearing
from matcher.matching.judge import NOTHING_MEASURED
from tests.support.verdicts import MET, MISSED, UNTOLD, says

ACCURACY, SPEED, OFFLINE = "须箱体残损识别准确率不低于95%", "须识别速度不低于30帧/秒", "须支持离线部署"
GOOD = "箱体残损识别准确率97.6%。识别速度45帧/秒。支持离线部署。"
SLOW = "箱体残损识别准确率97.6%。识别速度12帧/秒。支持离线部署。"


class Withholds:
    """Confirms every verdict but those on `doubted` clauses, and keeps what it was asked."""

    version = "withholds"

    def __init__(self, *doubted: str) -> None:
        self.doubted, self.asked = doubted, list[str]()

    def verify(self, asked: Sequence[ParagraphClaim]) -> NDArray[np.float32]:
        self.asked += [claim.requirement for claim in asked]
        sure, silent = (0.9, 0.05, 0.05), (0.0, 0.0, 1.0)
        return np.array([silent if c.requirement in self.doubted else sure for c in asked], dtype=np.float32)


def heard(profile: str, verifier: Withholds | None) -> Hearing:
    questions, told = [Question(clause_of(text)) for text in (ACCURACY, SPEED, OFFLINE)], says(profile)
    cosines = [[float("nan")] * len(told.sentences)] * len(questions)
    return Hearing(questions, told, NOTHING_MEASURED, cosines, verifier)


def outcomes(hearing: Hearing, least: float) -> list[Outcome] | None:
    rulings = hearing.rulings_if(lambda support: support >= least)
    return None if rulings is None else [each.outcome for each in rulings]


def test_without_a_verifier_a_missed_hard_clause_is_the_end() -> None:
    assert outcomes(heard(GOOD, None), 0.9) == [MET, MET, MET]
    assert outcomes(heard(SLOW, None), 0.0) is None


def test_a_pair_that_is_no_match_even_if_all_misses_are_withheld_is_not_read() -> None:
    verifier = Withholds()
    assert outcomes(heard(SLOW, verifier), 0.9) is None
    assert verifier.asked == []


def test_a_confirmed_miss_is_the_end_and_nothing_else_is_read() -> None:
    verifier = Withholds()
    assert outcomes(heard(SLOW, verifier), 0.5) is None
    assert verifier.asked == [SPEED]


def test_a_miss_that_is_withheld_shuts_nothing_out() -> None:
    verifier = Withholds(SPEED)
    assert outcomes(heard(SLOW, verifier), 0.5) == [MET, UNTOLD, MET]
    assert verifier.asked == [SPEED, ACCURACY, OFFLINE]


@pytest.mark.parametrize(("least", "expected"), [(0.8, [UNTOLD, MET, MET]), (0.9, None)])
def test_a_pair_that_falls_below_the_floor_is_no_match(least: float, expected: list[Outcome] | None) -> None:
    assert outcomes(heard(GOOD, Withholds(ACCURACY)), least) == expected


def test_what_is_shown_anyway_is_read_whole() -> None:
    verifier = Withholds()
    assert [each.outcome for each in heard(SLOW, verifier).rulings()] == [MET, MISSED, MET]
    assert verifier.asked == [ACCURACY, SPEED, OFFLINE]


def test_an_offer_is_heard_on_no_clauses() -> None:
    hearing = Hearing([], says(GOOD), NOTHING_MEASURED, [], Withholds())
    assert hearing.rulings_if(lambda support: support >= 0.5) == []
    assert hearing.rulings_if(lambda support: support > 0.5) is None
