"""What the verifier is taught of contrast sets."""

from random import Random

import pytest

from matcher.evaluation.pairs import Pair
from matcher.training.verification.contrast import ContrastSet, Deciding
from matcher.training.verification.lessons import (
    REFUTES,
    SILENT,
    SUPPORTS,
    ClaimLesson,
    ParagraphLesson,
    lessons,
    of_pairs,
)

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
    assert len({claim.clause for claim in told}) > 20
    assert all("2024年" in claim.clause for claim in told)
    assert all("72.5" in claim.told or "." in claim.told for claim in told), "other places behind the point"


def test_a_clause_of_words_keeps_its_figures() -> None:
    lesson = ClaimLesson("支持5G模组", "配5G模组，48个月质保", (), SUPPORTS, False, True, "met")
    assert {lesson.varied(Random(seed)).told for seed in range(20)} == {lesson.sentence}


def test_some_stand_behind_or_beside_another_sentence() -> None:
    told = [of("本机不作满载起升。").varied(Random(seed)) for seed in range(80)]
    assert {bool(claim.before) for claim in told} == {False, True}
    joined = [claim.told for claim in told if "，" in claim.told]
    assert {each.startswith("主钩") for each in joined} == {False, True}


def test_a_silent_context_sentence_is_never_joined_with_one_that_decides() -> None:
    told = [of("主钩配有限位开关。").varied(Random(seed)) for seed in range(80)]
    assert {claim.told for claim in told} == {"主钩配有限位开关。"}
    assert any("起升" in claim.before for claim in told), "what stands before is no evidence, and must be shown so"


def test_a_deciding_sentence_is_shown_among_others_and_a_silent_one_never_beside_one_that_decides() -> None:
    decides, silent = (ParagraphLesson(of(text)) for text in ("本机不作满载起升。", "主钩配有限位开关。"))
    told = {decides.varied(Random(seed)).told for seed in range(80)}
    assert {"主钩配有限位开关。本机不作满载起升。小车速度240米/分钟。".count(each) for each in told} >= {0, 1}
    assert any(len(each.split("。")) > 3 for each in told)
    assert all("本机不作满载起升" in each for each in told)
    assert {silent.varied(Random(seed)).told for seed in range(80)} == {"主钩配有限位开关。"}


def test_a_sentence_of_english_is_ended_and_spaced_as_english() -> None:
    lesson = ClaimLesson(
        "支持离线运行", "Runs offline", ("Built in Xi'an.", "Weighs 3 kg"), SUPPORTS, False, True, "met"
    )
    assert lesson.claim().paragraph == "Built in Xi'an. Runs offline. Weighs 3 kg. "


@pytest.mark.parametrize(
    ("right", "kind", "label"),
    [
        ("满足", "figure", SUPPORTS),
        ("不满足", "figure", SUPPORTS),
        ("不满足", "function", REFUTES),
        ("证据不足", "figure", SILENT),
    ],
)
def test_a_pair_has_its_label_and_figures_vary_where_one_is_asked_for(right: str, kind: str, label: int) -> None:
    pair = Pair.model_validate({"clause": "速度不低于90米", "profile": "速度100米。", "right": right, "kind": kind})
    (lesson,) = of_pairs([pair])
    told = {lesson.varied(Random(seed)).told for seed in range(40)}
    assert lesson.label == label
    assert (len(told) > 5) == (kind == "figure")
    assert "速度100米。" in told
