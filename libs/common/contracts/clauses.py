"""What a demand asks for: its clauses, and the places whose firms alone can serve."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from common.fields import Division, Frozen, Line, Text, YesOrNo, form, is_within, wrong
from common.vocabulary import Vocabulary


class ClauseKind(Vocabulary):
    FUNCTION = "function"
    PERFORMANCE = "performance"
    STANDARD = "standard"
    QUALIFICATION = "qualification"
    DATA = "data"
    SECURITY = "security"
    DELIVERY = "delivery"
    BUDGET = "budget"


CLAUSE_LABELS_ZH: dict[ClauseKind, str] = {
    ClauseKind.FUNCTION: "功能",
    ClauseKind.PERFORMANCE: "性能",
    ClauseKind.STANDARD: "标准",
    ClauseKind.QUALIFICATION: "资质",
    ClauseKind.DATA: "数据",
    ClauseKind.SECURITY: "安全",
    ClauseKind.DELIVERY: "交付",
    ClauseKind.BUDGET: "预算",
}


class Comparison(Vocabulary):
    AT_LEAST = "ge"
    MORE_THAN = "gt"
    AT_MOST = "le"
    LESS_THAN = "lt"
    EQUAL = "eq"
    BETWEEN = "between"


ClauseNumber = Annotated[float, Field(strict=True)]
"""A JSON number: `true` and `"95"` are none."""


class Clause(Frozen):
    """One requirement. A numeric one says what is compared: `operator`, `value`, `unit`, and `upper` for a range.

    `metric` names the quantity compared (识别准确率, 响应时间), when the text names one.
    """

    kind: ClauseKind
    text: Text
    is_hard: YesOrNo = False
    metric: Line | None = None
    operator: Comparison | None = None
    value: ClauseNumber | None = None
    upper: ClauseNumber | None = None
    unit: Annotated[Line, Field(max_length=20)] | None = Field(None, examples=["%", "ms", "℃", "万元"])

    @model_validator(mode="after")
    def _numbers_belong_together(self) -> Self:
        if self.operator is not None and not self.operator.is_known:
            # What the figures mean only a later version knows; the clause still says it in words.
            return self.model_copy(update={"operator": None, "value": None, "upper": None})
        if (self.operator is None) != (self.value is None):
            raise wrong("give operator and value together, or neither", "operator 与 value 应同时填写，或都不填")
        if (self.operator is Comparison.BETWEEN) != (self.upper is not None):
            raise wrong("give upper with operator `between`, and only then", "仅当 operator 为 between 时填写 upper")
        if self.upper is not None and self.value is not None and self.upper < self.value:
            raise wrong("give an upper that is not less than value", "upper 不能小于 value")
        return self


_PLACE = form(
    r"^(0[1-9]|[1-9][0-9])[0-9]{4}$",
    "give a GB/T 2260 division within a province, such as 370200; 00 begins none",
    "请填写六位区划代码，例如 370200；没有以 00 开头的代码",
)
_FEWEST_LETTERS = 10


def _says_something(reason: str) -> str:
    if sum(map(str.isalpha, reason)) < _FEWEST_LETTERS:
        raise wrong(
            f"say in at least {_FEWEST_LETTERS} letters why no firm from elsewhere can serve",
            f"请用至少 {_FEWEST_LETTERS} 个字说明为何外地企业无法承接",
        )
    return reason


class Locality(Frozen):
    """The places whose firms alone a demand is matched with, and why its owner limits it so, for everyone to read.

    Without a reason on record there is no such limit: fair competition forbids choosing bidders by where they are.
    """

    divisions: tuple[Annotated[Division, _PLACE], ...] = Field(
        min_length=1,
        max_length=20,
        description="GB/T 2260 codes, each with all it contains: 370200 is Qingdao with its districts.",
        examples=[["370200"]],
    )
    justification: Annotated[Text, Field(max_length=2000), AfterValidator(_says_something)] = Field(
        description="Why only firms of these places can serve: the rule or the fact, in a sentence of its own.",
        examples=["设备故障后须在三十分钟内到场处置，依据《港口设施维护管理规定》第二十一条"],
    )

    def admits(self, division: str | None) -> bool:
        """Whether a firm of this division may be matched: it is not known to be elsewhere. One that states none is not,
        nor one that states the whole city where a district is asked for."""
        return division is None or any(
            is_within(division, code) or is_within(code, division) for code in self.divisions
        )
