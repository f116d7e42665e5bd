"""Which matches and news a subscription is for; free of I/O."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Set
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from common import tracks, uscc
from common.contracts.envelope import TolerantModel
from common.contracts.matcher import Band, MatchSnapshot
from common.contracts.words import DemandKind, Domain
from common.errors import invalid
from common.fields import Line, OrganisationKey, Whole, division_prefix, form, is_within, wrong
from common.search.tokens import Spellings, index_tokens, query_terms
from common.tracks import Tracks
from notify.subscriptions.cadence import USUAL, Cadence
from notify.subscriptions.rules import EVERYTHING, Calls, Channel, MatchSide, Topic, Versions, sides

BANDS = (Band.STRONG, Band.FAIR, Band.WEAK, Band.NONE)
"""The best first."""
_SOME_DIVISION = form(
    r"^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)([0-9]{2}){0,2}$",
    "give two, four or six digits of a GB/T 2260 division, such as 3702, a province first (11 to 82)",
    "请填写区划代码的前两位、四位或全部六位，例如 3702，前两位须为省级代码（11 至 82）",
)


def _has_something_to_find(words: str) -> str:
    if not query_terms(words):
        raise wrong("give a word, a number or a Chinese character to look for", "请填写要查找的汉字、单词或数字")
    return words


def _possible(owner: OrganisationKey) -> OrganisationKey:
    if found := uscc.fault(owner.code) if owner.scheme == uscc.SCHEME else None:
        raise wrong(*found)
    return owner


SomeDivision = Annotated[str, _SOME_DIVISION]
Owner = Annotated[OrganisationKey, AfterValidator(_possible)]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_has_something_to_find)
]


class SubscriptionFilters(TolerantModel):
    """Which matches to tell of, and what else. An empty list lets everything pass; lists narrow each other. News of the
    organisation's own affairs is narrowed by `topics` and `roles` alone."""

    kinds: Annotated[tuple[DemandKind, ...], Field(max_length=10)] = ()
    tracks: Annotated[tuple[Line, ...], Field(max_length=50, description="One in common is enough.")] = ()
    domains: Annotated[tuple[Domain, ...], Field(max_length=20)] = ()
    divisions: Annotated[
        tuple[SomeDivision, ...],
        Field(max_length=50, description="GB/T 2260 codes or beginnings of codes, each with all that lies in it."),
    ] = ()
    owners: Annotated[tuple[Owner, ...], Field(max_length=50, description="Whose demands; one of them.")] = ()
    words: Annotated[
        tuple[Words, ...],
        Field(
            max_length=20,
            description="What the clauses or the title say: all words of one entry. Spelling makes no difference "
            "(letter case, full width, traditional characters, OPC UA or OPCUA), as in catalog's search.",
        ),
    ] = ()
    least_fit: Whole = Field(
        47,
        ge=0,
        le=100,
        description="47 is where the band 较强 begins; with 0 you hear of weak fits too. 0 if `least_band` is given.",
    )
    least_band: Band | None = Field(None, description="This band or a better one.")
    roles: Annotated[tuple[MatchSide, ...], Field(min_length=1, max_length=2)] = (
        MatchSide.DEMAND_OWNER,
        MatchSide.PROFILE_OWNER,
    )
    topics: Annotated[tuple[Topic, ...], Field(min_length=1, max_length=len(EVERYTHING))] = EVERYTHING
    versions: Versions = Field(
        Versions.NEW,
        description="`new`: a match is told once, and once more when it holds no longer; what an amendment makes "
        "different is told under the topic `demand`. `all`: every version that the matcher announces.",
    )
    calls: Calls = Field(
        Calls.CONCERNED,
        description="With `all` you hear of every call for solutions that passes `kinds`, `tracks`, `domains`, "
        "`owners` and, by its title, `words`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _a_band_alone_is_enough(cls, said: Any) -> Any:
        if isinstance(said, dict) and said.get("least_band") is not None:
            return {"least_fit": 0, **said}
        return said


def digest_of(channel: Channel, url: str | None, filters: SubscriptionFilters, cadence: Cadence = USUAL) -> str:
    """A digest of what is wished for: the same however what a filter names is ordered or spelled, or how often it is
    named. A filter that a later release knows, and this wish has not, is left out, so that wishes stay the same."""
    said: list[Any] = [channel, url, filters.least_fit, sorted(_narrowed(filters).items())]
    if filters.calls is not Calls.CONCERNED:
        said.append(filters.calls)
    if how := cadence.identity():
        said.append(how)
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _narrowed(filters: SubscriptionFilters) -> dict[str, list[Any]]:
    named: dict[str, Iterable[Any]] = {
        "kinds": filters.kinds,
        "tracks": filters.tracks,
        "domains": filters.domains,
        "roles": filters.roles,
    }
    later: dict[str, Iterable[Any]] = {
        "topics": filters.topics if set(filters.topics) != set(EVERYTHING) else (),
        "divisions": _widest(filters.divisions),
        "owners": (f"{owner.scheme}:{owner.code}" for owner in filters.owners),
        "words": map(_folded, filters.words),
        "versions": [filters.versions] if filters.versions is not Versions.NEW else [],
        "bands": [filters.least_band] if filters.least_band else [],
    }
    present = {name: sorted(set(values)) for name, values in later.items()}
    return {
        **{name: sorted(set(values)) for name, values in named.items()},
        **{name: values for name, values in present.items() if values},
    }


def _widest(divisions: Collection[str]) -> Iterator[str]:
    """Without those that lie in another, each by the digits that count."""
    prefixes = {division_prefix(each) for each in divisions}
    return (each for each in prefixes if not any(each != other and each.startswith(other) for other in prefixes))


def _folded(words: str) -> str:
    return json.dumps(query_terms(words), ensure_ascii=False)


def resolved(filters: SubscriptionFilters, known: Tracks) -> SubscriptionFilters:
    """With tracks in place of their English names. Raises InvalidInput naming each that is unknown or named twice."""
    faults = list(tracks.faults(filters.tracks, known, pointer="#/filters/tracks"))
    if faults:
        raise invalid(*faults)
    return filters.model_copy(update={"tracks": tuple(tracks.resolved(filters.tracks, known))})


def wants(filters: SubscriptionFilters, match: MatchSnapshot, organisation: OrganisationKey) -> bool:
    """Whether the match is to be told of: it holds now and passes every filter of this organisation's subscription."""
    return Topic.MATCH in filters.topics and passes(filters, match, organisation)


def passes(filters: SubscriptionFilters, match: MatchSnapshot, organisation: OrganisationKey) -> bool:
    """The same, whether matches are told of or not."""
    return (
        match.is_current
        and match.fit >= filters.least_fit
        and _is_at_least(filters.least_band, match.band)
        and not sides(match, organisation).isdisjoint(filters.roles)
        and _is_open_to(filters.kinds, {match.demand_kind})
        and _is_open_to(filters.domains, {match.domain})
        and _is_open_to(filters.tracks, set(match.tracks))
        and _is_open_to(filters.owners, {match.demand_owner})
        and _lies_in(filters.divisions, match.division)
        and _says(filters.words, _texts(match))
    )


def _texts(match: MatchSnapshot) -> tuple[str, ...]:
    return (match.demand_title, *(verdict.demand_span.text for verdict in match.verdicts))


def _is_at_least(least: Band | None, band: Band) -> bool:
    """A band that only a later matcher knows passes: better told in vain than not at all."""
    return least is None or not band.is_known or BANDS.index(band) <= BANDS.index(least)


def _lies_in(divisions: Collection[str], division: str | None) -> bool:
    return not divisions or (division is not None and any(is_within(division, each) for each in divisions))


def _says(wanted: Collection[str], texts: tuple[str, ...]) -> bool:
    """Whether all words of one of the entries stand in the texts."""
    if not wanted:
        return True
    present = _tokens(texts)
    return any(all(_occurs(term, present) for term in query_terms(words)) for words in wanted)


def _occurs(term: Spellings, present: Set[str]) -> bool:
    return not present.isdisjoint(term)


@lru_cache(maxsize=8)
def _tokens(texts: tuple[str, ...]) -> frozenset[str]:
    """Of a match that many subscriptions look at, once."""
    return frozenset(index_tokens(texts))


def wants_news(filters: SubscriptionFilters, topic: Topic, sides: Set[MatchSide]) -> bool:
    """`sides` is the part that the organisation has in the matter, which may be none to speak of."""
    return topic in filters.topics and (not sides or not sides.isdisjoint(filters.roles))


class Filing(NamedTuple):
    """How the demand of a call for solutions is filed; None where that was not said."""

    kind: DemandKind | None
    domain: Domain | None
    tracks: Collection[str]
    owner: OrganisationKey
    title: str


def wants_call(filters: SubscriptionFilters, filing: Filing) -> bool:
    """Whether a subscription is for every call for solutions that is filed so."""
    return (
        filters.calls is Calls.ALL
        and Topic.SOLICITATION in filters.topics
        and _is_open_to(filters.kinds, _said(filing.kind))
        and _is_open_to(filters.domains, _said(filing.domain))
        and _is_open_to(filters.tracks, set(filing.tracks))
        and _is_open_to(filters.owners, {filing.owner})
        and _says(filters.words, (filing.title,))
    )


def _said(word: str | None) -> set[str]:
    return set() if word is None else {word}


def _is_open_to(wanted: Collection[object], present: Collection[object]) -> bool:
    return not wanted or not set(wanted).isdisjoint(present)


def should_hear(
    filters: SubscriptionFilters, match: MatchSnapshot, organisation: OrganisationKey, last_told: MatchSnapshot | None
) -> bool:
    """Whoever wants a match hears of it, once unless they asked for every version; whoever was told a version they
    wanted hears once that it no longer is so."""
    knows = last_told is not None and wants(filters, last_told, organisation)
    if wants(filters, match, organisation):
        return not knows or filters.versions is Versions.ALL
    return knows
