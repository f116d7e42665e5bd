"""What was measured at a test bed decides a clause of the same metric, and no other."""

from uuid import UUID

import pytest

from common.contracts.clauses import Clause, ClauseKind, Comparison
from common.contracts.matcher import CitedValidation, Outcome
from common.fields import OrganisationKey
from matcher.engine.verdicts.by_validation import Validated, ValidatedFact
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import in_language

HOST = OrganisationKey(scheme="uscc", code="12370200MB2X00011L")
CITED = CitedValidation(
    id=UUID(int=1),
    host=HOST,
    host_name="港口测试中心（示例）",
    result_sha256="ab" * 32,
    verification="/v1/validations/00000000-0000-0000-0000-000000000001/verification",
)


def clause(text: str, metric: str, operator: str, value: float, unit: str) -> Clause:
    return Clause(
        kind=ClauseKind.PERFORMANCE,
        text=text,
        is_hard=True,
        metric=metric,
        operator=Comparison(operator),
        value=value,
        unit=unit,
    )


def fact(statement: str, metric: str, about: str) -> ValidatedFact:
    return ValidatedFact(CITED, "validations/1/measurements/0/statement", metric, about, statement)


ACCURACY = clause("箱体残损识别准确率不低于97%", "残损识别准确率", "ge", 97, "%")
ERROR = clause("集卡定位误差不大于5厘米", "定位误差", "le", 5, "cm")
TIME = clause("latency of at most 50 ms", "latency", "le", 50, "ms")
MEASURED = [
    (ACCURACY, fact("残损识别准确率实测97.2%", "残损识别准确率", "残损识别准确率不低于95%"), Outcome.SATISFIED),
    (ACCURACY, fact("残损识别准确率实测96.9%", "残损识别准确率", "残损识别准确率不低于95%"), Outcome.NOT_SATISFIED),
    (ERROR, fact("定位误差实测42mm", "定位误差", "无人集卡定位误差不大于5厘米"), Outcome.SATISFIED),
    (ERROR, fact("定位误差实测0.06m", "定位误差", "无人集卡定位误差不大于5厘米"), Outcome.NOT_SATISFIED),
    (TIME, fact("latency measured at 45 ms", "Latency", "latency of at most 60 ms"), Outcome.SATISFIED),
]


@pytest.mark.parametrize(("asked", "measured", "outcome"), MEASURED)
def test_a_measured_figure_is_compared_with_the_asked_one(
    asked: Clause, measured: ValidatedFact, outcome: Outcome
) -> None:
    validated = Validated((measured,))
    ruling = validated.ruling(Question(asked), 0)
    assert ruling is not None
    assert ruling.outcome is outcome
    verdict = validated.told(ruling, "zh", None)
    assert verdict.profile_span is not None
    assert (verdict.profile_span.source, verdict.profile_span.text) == (measured.source, measured.statement)
    assert verdict.validation == CITED


UNRELATED = [
    (ACCURACY, fact("箱号识别准确率实测99.9%", "箱号识别准确率", "箱号识别准确率不低于99%")),
    (ACCURACY, fact("残损识别准确率实测97.2ms", "残损识别准确率", "残损识别准确率")),
    (ERROR, fact("定位误差实测4cm", "定位误差", "吊具定位误差不大于5厘米")),
    (ERROR, fact("识别时间实测4s", "识别时间", "单箱识别时间不超过5秒")),
    (
        clause("能够识别箱体残损", "残损识别", "ge", 97, "%").model_copy(update={"operator": None, "value": None}),
        MEASURED[0][1],
    ),
]


@pytest.mark.parametrize(("asked", "measured"), UNRELATED)
def test_what_was_measured_of_something_else_decides_nothing(asked: Clause, measured: ValidatedFact) -> None:
    assert Validated((measured,)).ruling(Question(asked), 0) is None


def test_the_last_accepted_decides() -> None:
    newest, older = MEASURED[1][1], MEASURED[0][1]
    ruling = Validated((newest, older)).ruling(Question(ACCURACY), 0)
    assert ruling is not None
    assert ruling.outcome is Outcome.NOT_SATISFIED


def test_the_reason_names_the_validation_in_both_languages() -> None:
    validated = Validated((MEASURED[0][1],))
    ruling = validated.ruling(Question(ACCURACY), 0)
    assert ruling is not None
    verdict = validated.told(ruling, "zh", None)
    assert verdict.reason == (
        f"应用验证 {CITED.id}（港口测试中心（示例）签署，结果 SHA-256 {CITED.result_sha256}）："
        "“残损识别准确率实测97.2%”，达到要求"
    )
    [english] = in_language([verdict], "en")
    assert english.reason.startswith(f"validation {CITED.id}, signed by 港口测试中心（示例）")
