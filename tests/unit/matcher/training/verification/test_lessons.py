"""What the verifier is taught of contrast sets."""

from random import Random

import pytest

from matcher.training.verification.contrast import ContrastSet, Deciding
from matcher.training.verification.lessons import REFUTES, SILENT, SUPPORTS, ClaimLesson, lessons

_HOIST = ContrastSet(
    industry="港口",
    clause="满载起升速度不低于90米/分钟，2024年起须符合GB/T 18401",
    asks="figure",
    context=("主钩配有限位开关。", "小车速度240米/分钟。"),
    deciding=(
        Deciding(text="满载起升速度100米/分钟。", right="满足", how="met"),
        Deciding(text="满载起升速度72.5米/分钟。", right="不满足", how="missed"),
        Deciding(text="本机不作满载起升。", right="不满足", how="missed_excluded"),
        Deciding(text="空载起升速度180米/分钟。", right="证据不足", how="other_condition"),
    ),
)
_PORT = ContrastSet(
    industry="港口",
    clause="支持离线运行",
    asks="function",
    deciding=(Deciding(text="须联网使用。", right="不满足", how="missed_excluded"),),
)


def of(text: str) -> ClaimLesson:
    return next(lesson for lesson in lessons([_HOIST, _PORT], Random(1)) if lesson.sentence == text)


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("满载起升速度100米/分钟。", SUPPORTS),
        ("满载起升速度72.5米/分钟。", SUPPORTS),  # the same figure: how large it is, code says
        ("本机不作满载起升。", REFUTES),
        ("空载起升速度180米/分钟。", SILENT),
        ("须联网使用。", REFUTES),
        ("主钩配有限位开关。", SILENT),
    ],
)
def test_each_sentence_has_its_label(sentence: str, label: int) -> None:
    assert of(sentence).label == label


def test_a_sentence_of_another_clause_tells_nothing() -> None:
    made = [lesson for seed in range(9) for lesson in lessons([_HOIST, _PORT], Random(seed))]
    strays = {(lesson.label, lesson.clause, lesson.sentence) for lesson in made if lesson.how == "other_clause"}
    assert (SILENT, _HOIST.clause, "须联网使用。") in strays
    assert {label for label, _, _ in strays} == {SILENT}


def test_figures_vary_but_years_and_numbers_of_standards_stay() -> None:
    random = Random(3)
    told = {of("满载起升速度72.5米/分钟。").varied(random) for _ in range(60)}
    assert len({claim.requirement for claim in told}) > 20
    assert all("2024年" in claim.requirement for claim in told)
    assert all("72.5" in claim.sentence or "." in claim.sentence for claim in told), "other places behind the point"


def test_a_clause_of_words_keeps_its_figures() -> None:
    lesson = ClaimLesson("支持5G模组", "配5G模组，48个月质保", (), SUPPORTS, False, True, "met")
    assert {lesson.varied(Random(seed)).sentence for seed in range(20)} == {lesson.sentence}


def test_some_stand_behind_or_beside_another_sentence() -> None:
    told = [of("本机不作满载起升。").varied(Random(seed)) for seed in range(80)]
    assert {bool(claim.before) for claim in told} == {False, True}
    joined = [claim.sentence for claim in told if "，" in claim.sentence]
    assert {each.startswith("主钩") for each in joined} == {False, True}


def test_a_silent_context_sentence_is_never_joined_with_one_that_decides() -> None:
    told = [of("主钩配有限位开关。").varied(Random(seed)) for seed in range(80)]
    assert {claim.sentence for claim in told} == {"主钩配有限位开关。"}
    assert any("起升" in claim.before for claim in told), "what stands before is no evidence, and must be shown so"
