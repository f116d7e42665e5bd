"""The words that services share: kinds, states, domains, clauses, places. Requests and events both use them."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from common.fields import Division, Frozen, Line, Text, YesOrNo, form, is_within, wrong
from common.vocabulary import Vocabulary


class DemandKind(Vocabulary):
    SCENARIO = "scenario"
    CHALLENGE = "challenge"
    FINANCING = "financing"
    PILOT = "pilot"


class DemandState(Vocabulary):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    EDITS_REQUESTED = "edits_requested"
    PUBLISHED = "published"
    CLOSED = "closed"
    EVALUATING = "evaluating"
    SELECTED = "selected"
    UNSUCCESSFUL = "unsuccessful"
    IN_VALIDATION = "in_validation"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not_adopted"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    MERGED = "merged"


class QuestionState(Vocabulary):
    ASKED = "asked"
    ANSWERED = "answered"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class PolicyState(Vocabulary):
    IN_FORCE = "in_force"
    EXPIRED = "expired"


class PolicyType(Vocabulary):
    """What a policy gives."""

    SUBSIDY = "subsidy"
    PROCUREMENT = "procurement"
    FINANCE = "finance"
    LAND = "land"
    TALENT = "talent"
    DATA = "data"
    OTHER = "other"


class ProcurementState(Vocabulary):
    REPORTED = "reported"
    WITHDRAWN = "withdrawn"


class ProcurementCategory(Vocabulary):
    """货物、工程、服务: the three kinds that the Government Procurement Law knows."""

    GOODS = "goods"
    WORKS = "works"
    SERVICES = "services"


class ProcurementTrait(Vocabulary):
    """What a purchase is, beside its category: what shares are counted by."""

    SCENARIO = "scenario"
    INNOVATIVE_PRODUCT = "innovative_product"
    FIRST_OF_KIND = "first_of_kind"
    SMALL_SUPPLIER = "small_supplier"
    GREEN = "green"


class ShareRuleState(Vocabulary):
    IN_FORCE = "in_force"
    ENDED = "ended"


class SubsidySchemeState(Vocabulary):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class SubsidyClaimState(Vocabulary):
    FILED = "filed"
    VERIFIED = "verified"
    PUBLICISED = "publicised"
    APPROVED = "approved"
    PAID = "paid"
    CLAWED_BACK = "clawed_back"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AwardState(Vocabulary):
    PUBLISHED = "published"
    CLAIMED = "claimed"
    TACKLING = "tackling"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REWARDED = "rewarded"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class AttachmentState(Vocabulary):
    ATTACHED = "attached"
    REMOVED = "removed"


class SigningKeyState(Vocabulary):
    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


class TestBedState(Vocabulary):
    OPEN = "open"
    CLOSED = "closed"


class DataClass(Vocabulary):
    """How far data are to be protected: open to everyone, or one of the three grades of GB/T 43697-2024."""

    OPEN = "open"
    GENERAL = "general"
    IMPORTANT = "important"
    CORE = "core"


class ValidationState(Vocabulary):
    """`doubted`: accepted, and the key it was signed with was revoked since."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    DOUBTED = "doubted"
    ANNULLED = "annulled"


class DataOfferState(Vocabulary):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"


class SolicitationState(Vocabulary):
    OPEN = "open"
    CLOSED = "closed"
    SCREENING = "screening"
    SHORTLISTED = "shortlisted"
    SELECTED = "selected"
    NONE_SELECTED = "none_selected"
    RESULT_PUBLISHED = "result_published"
    CANCELLED = "cancelled"


class SolutionState(Vocabulary):
    SUBMITTED = "submitted"
    COMPLETE = "complete"
    SHORTLISTED = "shortlisted"
    SELECTED = "selected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ListState(Vocabulary):
    COLLECTING = "collecting"
    DRAFTING = "drafting"
    REVIEWING = "reviewing"
    FROZEN = "frozen"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class ProposalState(Vocabulary):
    PROPOSED = "proposed"
    TAKEN = "taken"
    DECLINED = "declined"
    RETRACTED = "retracted"


class ScenarioLevel(Vocabulary):
    """How far a scenario goes beyond what any city could ask for: 基础级、通用型, or 高端化、定制化."""

    GENERIC = "generic"
    HIGH_END = "high_end"


LEVEL_LABELS_ZH: dict[ScenarioLevel, str] = {
    ScenarioLevel.GENERIC: "基础通用",
    ScenarioLevel.HIGH_END: "高端定制",
}


class DeclineCode(Vocabulary):
    """Why a solution was declined, in one word; the owner's reason says it in a sentence."""

    INCOMPLETE = "incomplete"
    CLAUSE_UNMET = "clause_unmet"
    EVIDENCE_INSUFFICIENT = "evidence_insufficient"
    LOWER_SCORE = "lower_score"
    OVER_BUDGET = "over_budget"
    NOT_ELIGIBLE = "not_eligible"
    CANCELLED = "cancelled"
    OTHER = "other"


class OwnershipForm(Vocabulary):
    """Who owns an organisation, as it says itself. `foreign`: with capital from abroad, or from Hong Kong, Macao or
    Taiwan; `public_institution`: 事业单位, such as most universities."""

    STATE_OWNED = "state_owned"
    PRIVATE = "private"
    FOREIGN = "foreign"
    MIXED = "mixed"
    COLLECTIVE = "collective"
    PUBLIC_INSTITUTION = "public_institution"
    OTHER = "other"


class SizeClass(Vocabulary):
    """How large an enterprise is by the standard for its trade: 中小企业划型标准规定 (工信部联企业〔2011〕300号)."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


class Domain(Vocabulary):
    CITY = "智慧城市"
    PORT = "智慧港口"
    HEALTH = "健康医疗"
    MANUFACTURING = "工业制造"
    TRANSPORT = "智慧交通"
    MARINE = "海洋"
    OTHER = "其他"


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
