"""The words that services share: kinds, states, domains. Requests and events both use them."""

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
