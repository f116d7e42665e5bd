"""Which passages of a demand rules speak against, and whether somebody other than the writer stands for each."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from catalog.demands.rules import Actor
from catalog.fairness import interpreter
from catalog.fairness.interpreter import FairnessRule, FindingLevel
from common.errors import MOST_NAMED, FieldFault, Forbidden, NotAllowedNow, invalid

MOST_CHARACTERS = 50_000
"""Of one demand that are checked: two seconds."""
LOCALITY = "#/locality"
LOCALITY_RULE = "local_only.limit"
"""The rule that holds of every demand that is matched with firms of some places alone, whatever its texts say."""


class CheckedClause(NamedTuple):
    """What everyone reads of a clause in words."""

    text: str
    metric: str | None = None
    unit: str | None = None


class CheckedTexts(NamedTuple):
    """All of a demand that the check reads.

    policies   names of those that support it
    divisions  of the places that it is limited to
    """

    title: str
    need: str
    clauses: Sequence[CheckedClause]
    docking: str | None
    policies: Sequence[str]
    divisions: Sequence[str]

    def by_field(self) -> Iterator[tuple[str, str]]:
        """Each text with a JSON Pointer to it."""
        yield "#/title", self.title
        yield "#/need", self.need
        for place, clause in enumerate(self.clauses):
            for name, text in clause._asdict().items():
                if text:
                    yield f"#/clauses/{place}/{name}", text
        if self.docking:
            yield "#/docking", self.docking
        for place, policy in enumerate(self.policies):
            yield f"#/policies/{place}", policy

    @property
    def length(self) -> int:
        """Characters of all texts together."""
        return sum(len(text) for _, text in self.by_field())


class FairnessFinding(NamedTuple):
    """A passage in which a rule holds: characters start … end of the field."""

    rule: FairnessRule
    field: str
    start: int
    end: int
    passage: str

    @property
    def key(self) -> tuple[str, str]:
        """What a justification is of."""
        return self.rule.id, self.passage

    @property
    def is_blocking(self) -> bool:
        return self.rule.level is FindingLevel.BLOCKING


class Justified(Protocol):
    """A justification on record."""

    @property
    def rule(self) -> str: ...
    @property
    def passage(self) -> str: ...
    @property
    def party(self) -> str: ...
    @property
    def justified_by(self) -> str: ...


def limit_of(public: CheckedTexts | None) -> int:
    """Characters of a demand that are checked: of one that is public already, as many as it has, if they are more."""
    return max(MOST_CHARACTERS, public.length if public else 0)


def findings(texts: CheckedTexts, most: int = MOST_CHARACTERS) -> list[FairnessFinding]:
    """Field by field in the order of the demand, then the limit to some places. Time grows with the texts, about 40 µs
    a character. Raises InvalidInput for more than `most` characters."""
    _refuse_too_long(texts, most)
    found = [
        FairnessFinding(one.rule, field, one.start, one.end, text[one.start : one.end])
        for field, text in texts.by_field()
        for one in interpreter.check(text)
    ]
    return [*found, *_limited(texts.divisions)]


def _refuse_too_long(texts: CheckedTexts, most: int) -> None:
    if texts.length > most:
        raise invalid(
            FieldFault(
                f"shorten title, need, clauses, docking and policies to {most} characters together",
                f"请将标题、需求、条款、对接方式和支持政策合计缩短至 {most} 字以内",
                pointer="#",
            )
        )


def _limited(divisions: Sequence[str]) -> Iterator[FairnessFinding]:
    if divisions:
        passage = ", ".join(sorted(divisions))
        yield FairnessFinding(interpreter.rule(LOCALITY_RULE), LOCALITY, 0, len(passage), passage)


Row = TypeVar("Row", bound=Justified)


def standing(finding: FairnessFinding, justifications: Iterable[Row], writer: str | None) -> Row | None:
    """The last justification of a finding by somebody other than who wrote the demand; by a reviewer where that is not
    on record."""
    of_it = [one for one in justifications if (one.rule, one.passage) == finding.key and _is_another(one, writer)]
    return of_it[-1] if of_it else None


def _is_another(one: Justified, writer: str | None) -> bool:
    return one.justified_by != writer if writer is not None else one.party == Actor.REVIEWER


def unjustified(
    found: Iterable[FairnessFinding], justifications: Sequence[Justified], writer: str | None
) -> list[FairnessFinding]:
    """The blocking findings that nobody but the writer stands for."""
    return [each for each in found if each.is_blocking and standing(each, justifications, writer) is None]


def refuse_unjustified(found: Sequence[FairnessFinding]) -> None:
    """Raises NotAllowedNow naming each passage, the provision, and what would be fair."""
    if not found:
        return
    first = found[0]
    source = interpreter.sources()[first.rule.sources[0]]
    raise NotAllowedNow(
        f"{first.field} says “{first.passage}”: {first.rule.forbids.en} ({source.en}). Word it otherwise, for "
        f"instance: {first.rule.suggest.en} Or have somebody other than its writer justify it",
        f"{first.field} 写有“{first.passage}”：{first.rule.forbids.zh}（{source.zh}）。"
        f"请修改，例如：{first.rule.suggest.zh}或由撰写人以外的人员说明理由",
        faults=[_fault(each) for each in found[:MOST_NAMED]],
    )


def _fault(finding: FairnessFinding) -> FieldFault:
    rule, passage = finding.rule, finding.passage
    return FieldFault(
        f"“{passage}” ({rule.id}): {rule.suggest.en}",
        f"“{passage}”（{rule.id}）：{rule.suggest.zh}",
        pointer=finding.field,
    )


def stands_as(parties: Collection[Actor]) -> Actor:
    """As what a caller justifies. Raises Forbidden for who is neither of the owner's nor a reviewer."""
    for party in (Actor.REVIEWER, Actor.OWNER):
        if party in parties:
            return party
    raise Forbidden("Only its owner or a reviewer may justify a passage", "仅需求方或审核员可以说明理由")


def refuse_writer(writer: str | None, caller: str, party: Actor) -> None:
    """Raises Forbidden when the caller wrote what they would justify, or may have: of a demand that is older than this
    check nobody knows who wrote it."""
    if writer is None and party is not Actor.REVIEWER:
        raise Forbidden(
            "It is not on record who wrote this demand; ask a reviewer to justify it, or write it anew first",
            "该需求没有撰写人记录，请由审核员说明理由，或先重新保存需求内容",
        )
    if caller == writer:
        raise Forbidden(
            "Who wrote a demand cannot justify it; ask another person of the organisation or a reviewer",
            "撰写人不能自行说明理由，请由本单位其他人员或审核员办理",
        )


def may_justify(writer: str | None, caller: str, parties: Collection[Actor]) -> bool:
    """Whether neither `stands_as` nor `refuse_writer` stops a caller who is these parties to a demand."""
    try:
        refuse_writer(writer, caller, stands_as(parties))
    except Forbidden:
        return False
    return True


def refuse_unfounded(rule: str, passage: str, found: Iterable[FairnessFinding]) -> None:
    """Raises InvalidInput unless the rule holds in the passage, in the demand as it is or in one yet to be written."""
    if (rule, passage) in {each.key for each in found} or _holds(rule, passage):
        return
    raise invalid(
        FieldFault(
            "give the passage of a finding as it is written, with its rule; GET …/fairness lists them",
            "请按原文填写检查结果中的文字及其规则，可用 GET …/fairness 查看",
            pointer="#/passage",
        )
    )


def _holds(rule_id: str, passage: str) -> bool:
    return any(rule.id == rule_id and interpreter.holds(rule, passage) for rule in interpreter.rules())


def summaries(found: Iterable[FairnessFinding]) -> list[dict[str, Any]] | None:
    """What the audit keeps of them."""
    told = [
        {"rule": each.rule.id, "level": str(each.rule.level), "field": each.field, "passage": each.passage}
        for each in found
    ]
    return told or None
