"""Judges a clause of plain words by the sentence of a profile that says the same, or denies it."""

import re
from collections.abc import Callable
from dataclasses import replace

from common.contracts.matcher import Outcome
from matcher.engine.facts import quantities
from matcher.engine.modifiers import interpreter, relations
from matcher.engine.modifiers.interpreter import Category, Kind, Scope
from matcher.engine.verdicts import absence, precedence
from matcher.engine.verdicts.absence import Stand
from matcher.engine.verdicts.evidence import Evidence
from matcher.engine.verdicts.facts import Facts, said
from matcher.engine.verdicts.precedence import Objection
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Finding, Place, Reason
from matcher.engine.verdicts.relevance import Relevance
from matcher.engine.words import overlap
from matcher.engine.words.overlap import Content

_FORMER, _DENIAL, _STILL, _NO_LONGER, _PENDING, _TODAY, _FORBIDDING, _ONLY, _INSIDE, _ANY_DENIAL = map(
    interpreter.pattern,
    (
        Category.FORMER,
        Category.DENIED,
        Category.STILL,
        Category.NO_LONGER,
        Category.PLANNED,
        Category.TODAY,
        Category.FORBIDDING,
        Category.ONLY,
        Category.INSIDE,
        Category.ABSENT,
    ),
)
_AFTER_DENIAL = (Category.OPTIONAL, Category.PARTNER, Category.MENTIONED)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FOREIGN = re.compile("[a-z][a-z0-9]*")
_LIST_MARK = re.compile(r"^\s*[（(]?\d{1,2}[）)、．.]\s*")
_KEPT = 0.8
_MOST = 0.5
_IDLE = frozenset({"support", "service", "system", "platform", "capacity", "high", "new"})
_BY_CHANCE, _ABOUT, _SURELY_ABOUT = 0.1, 0.25, 0.3
"""Shares of what is asked."""
_NEGATOR_LENGTH = 12


def judged(question: Question, evidence: Evidence, relevance: Relevance) -> Finding:
    """Satisfied when the most relevant sentence says what is asked, unless those words deny or postpone it."""
    best = relevance.best()
    if question.unwanted and (told := _of_unwanted(question, evidence, best)):
        return told
    if best is None:
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.UNSAID)
    facts, text = evidence.facts[best], question.text
    written = facts.text
    if facts.is_unread:
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.UNREAD, Place(best, 0, len(written)))
    asked = question.facts.content
    if _is_alike_by_chance(asked, facts.content):
        return Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.UNSAID)
    start, end = _telling(asked, facts)
    since = _since(text, written, start, end)
    found = Finding(*since) if since else _tenor(question, facts, start, end)
    if since:
        end = len(written)
    if found.outcome is Outcome.SATISFIED and _lacks_mark(question.facts, facts, evidence.context(best)):
        found = Finding(Outcome.INSUFFICIENT_EVIDENCE, Reason.UNSAID)
    return replace(found, place=Place(best, start, end))


def _of_unwanted(question: Question, evidence: Evidence, best: int | None) -> Finding | None:
    """What the sentences that name the very thing a clause asks not to be make of it; None when none decides."""
    for wanted, least, outcome, reason in (
        (Stand.BROKEN, _BY_CHANCE, Outcome.NOT_SATISFIED, Reason.DENIED),
        (Stand.KEPT, _SURELY_ABOUT, Outcome.SATISFIED, Reason.SAID),
    ):
        if wanted is Stand.KEPT and not _FORBIDDING.search(question.text):
            continue
        for index, facts in enumerate(evidence.facts):
            is_about = index == best or overlap.said(question.facts.content, facts.content) >= least
            if is_about and absence.stand(question.unwanted, facts) is wanted:
                start, end = _telling(question.facts.content, facts)
                if _objection(facts, _scope(question.facts.content, facts.text, start, end), _counts) is None:
                    return Finding(outcome, reason, Place(index, start, end))
    return None


def _counts(category: Category) -> bool:
    """Denials are what is looked for."""
    return category is Category.DENIED


def _is_alike_by_chance(asked: Content, offered: Content) -> bool:
    """Whether words of another language share no term of the glossary that tells: 支持 and "Decision support"."""
    return asked.is_chinese != offered.is_chinese and asked.meanings & offered.meanings <= _IDLE


def _since(text: str, written: str, start: int, end: int) -> tuple[Outcome, Reason] | None:
    """What the rest of a sentence makes of words about what was (旧版不支持…，现已支持); None when it was as it is."""
    former = _FORMER.search(written, start, end)
    if former is None or _FORMER.search(text) or _ANY_DENIAL.search(text):
        return None
    was_denied = _DENIAL.search(written, former.end(), end)
    is_denied = _DENIAL.search(written, end)
    lasting = _STILL if was_denied else _NO_LONGER
    if is_denied and lasting.search(written, end, is_denied.end()):
        return Outcome.NOT_SATISFIED, Reason.DENIED
    is_so_now = not is_denied and not _PENDING.search(written, end) and _TODAY.search(written, end)
    if is_so_now:
        return Outcome.SATISFIED, Reason.SAID
    if not was_denied:
        return None
    planned = _PENDING.search(written, end)
    return Outcome.INSUFFICIENT_EVIDENCE, Reason.PLANNED if planned else Reason.UNSAID


def _tenor(question: Question, facts: Facts, start: int, end: int) -> Finding:
    """What the words facts.text[start:end] come to, without their place."""
    written = facts.text
    open_, text, asked = Outcome.INSUFFICIENT_EVIDENCE, question.text, question.facts.content

    def is_ignored(category: Category) -> bool:
        is_besides = category is Category.PLANNED and _ONLY.search(written)
        return category is Category.DENIED or bool(is_besides) or question.is_ignored(category)

    found = _objection(facts, _scope(asked, written, start, end), is_ignored)
    if found is None and _FORBIDDING.search(text):
        is_kept = _is_kept(question, written, start, end)
        return Finding(Outcome.SATISFIED, Reason.SAID) if is_kept else Finding(open_, Reason.UNSAID)
    if (found is None or found.category in _AFTER_DENIAL) and _is_denied(text, asked, written, start, end):
        return Finding(Outcome.NOT_SATISFIED, Reason.DENIED)
    if found:
        return Finding(found.outcome, found.reason, rule=found.rule)
    is_opposite = overlap.is_opposite(text, written[start:end])
    if is_opposite and _ONLY.search(written, start, end):
        return Finding(Outcome.NOT_SATISFIED, Reason.DENIED)
    if question.unwanted and not _denies_unwanted(question, written, start, end):
        return Finding(open_, Reason.UNSAID)
    if is_opposite or relations.is_affirmed(text, written[start:end]):
        return Finding(open_, Reason.UNSAID)
    return Finding(Outcome.SATISFIED, Reason.SAID)


def _objection(written: Facts, words: Scope, is_ignored: Callable[[Category], bool]) -> Objection | None:
    return precedence.objection(Kind.WORDS, written.modified(words), is_ignored)


def _scope(asked: Content, written: str, start: int, end: int) -> Scope:
    """Words have no sharp bounds: they begin and end where the first and the last of what was asked stands.

    Across languages that is not known, and the whole run is before and after them.
    """
    run = start, end
    places = [place for place in range(start, end - 1) if written[place : place + 2] in asked.pairs]
    first, last = (places[0], places[-1] + 2) if places else (end, start)
    return Scope(Kind.WORDS, written, first, last, run, run, run)


def _is_kept(question: Question, written: str, start: int, end: int) -> bool:
    """Whether everything stays inside, or what is forbidden is denied."""
    return absence.is_inside(written[start:end]) or _denies_unwanted(question, written, start, end)


def _denies_unwanted(question: Question, written: str, start: int, end: int) -> bool:
    """Whether the very thing is denied, or something in words that are about the same: 不停线换型 for 不停机换型."""
    if absence.stand(question.unwanted, Facts(written)) is Stand.KEPT:
        return True
    about = overlap.said(question.facts.content, overlap.content(written[start:end]))
    is_across = not _is_same_language(question, written)
    least = _BY_CHANCE if is_across else _ABOUT
    is_said_otherwise = is_across and about >= _MOST and not _FORBIDDING.search(question.text)
    return is_said_otherwise or (about > least and bool(_ANY_DENIAL.search(written, start, end)))


def _is_same_language(question: Question, written: str) -> bool:
    return question.facts.is_chinese == overlap.is_chinese(written)


def _is_denied(text: str, asked: Content, written: str, start: int, end: int) -> bool:
    """Whether the words deny what is asked. A clause that asks for an absence is denied by lacking ability alone."""
    if _ONLY.search(written) and _PENDING.search(written):
        return True
    denials = [match[0] for match in _DENIAL.finditer(written, start, end)]
    if _ANY_DENIAL.search(text):
        return any(relations.INABILITY.search(denial) and denial not in text for denial in denials)
    is_denied = any(denial not in text for denial in denials)
    return is_denied or _is_negated(asked, written, start, end) or _is_excepted(asked, written)


def _lacks_mark(asked: Facts, said: Facts, around: Facts) -> bool:
    """Whether the clause has a number that the sentence has not (5G, 45英尺), or among Chinese words a foreign one that
    nothing around the sentence has (DNV)."""
    marks = quantities.fold(_LIST_MARK.sub("", asked.text)).lower()
    if not set(_NUMBER.findall(marks)) <= set(_NUMBER.findall(said.folded)):
        return True
    is_chinese = asked.is_chinese and said.is_chinese
    return is_chinese and not set(_FOREIGN.findall(marks)) <= set(_FOREIGN.findall(around.folded))


def _is_excepted(asked: Content, written: str) -> bool:
    """Whether most of what 除…外 leaves out is what is asked for."""
    for match in relations.EXCEPT.finditer(written):
        left_out = overlap.content(match["zh"] or match["en"])
        if overlap.said(left_out, asked) > _MOST:
            return True
    return False


def _is_negated(asked: Content, written: str, start: int, end: int) -> bool:
    """Whether 不 or 未 stands right before words that were asked for (不检查扣件)."""
    return any(
        written[place : place + 2] in asked.pairs
        and written[place - 1 : place + 1] not in asked.pairs
        and relations.NEGATOR.search(written[max(start, place - _NEGATOR_LENGTH) : place])
        for place in range(start + 1, end - 1)
    )


def _telling(asked: Content, written: Facts) -> tuple[int, int]:
    """The shortest run of stretches that says most of what the whole sentence says of it; all of it when none does."""
    everything = 0, len(written.text)
    whole = overlap.said(asked, written.content)
    if whole == 0:
        return everything
    telling = [(run[0].start, run[-1].end) for run in written.runs() if said(asked, run) >= _KEPT * whole]
    return min(telling, key=lambda run: run[1] - run[0], default=everything)
