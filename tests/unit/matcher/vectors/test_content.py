"""What is embedded of demands and profiles, and how vectors are kept."""

from random import Random
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pgvector import HalfVector

from common.contracts.catalog import DemandSnapshot
from common.contracts.clauses import Clause, ClauseKind, Comparison
from common.contracts.matcher import OfferKind
from common.contracts.words import DemandKind, DemandState
from common.fields import OrganisationKey
from matcher.engine.ranking.receipts import Inputs, digest
from matcher.engine.verdicts.evidence import LONGEST
from matcher.subjects.profiles.offer import Case, Item, Offer, Product
from matcher.vectors import content
from matcher.vectors.codec import from_halfvec, packed, unpacked
from matcher.vectors.encoder import TextRole
from tests.support.embedder import HashEmbedder

OFFER = Offer(
    offer_kind=OfferKind.SOLUTION,
    headline="残损识别系统",
    summary="不停车识别。写入闸口系统。",
    items=(Item(title="识别", text="准确率97.6%。", trl=9), Item(title="接口")),
    cases=(Case(title="北方码头", text="两年运行。"),),
    products=(Product(name="一体机", text="防护等级IP66。"),),
)


def demand(**changes: object) -> DemandSnapshot:
    fields: dict[str, object] = {
        "id": UUID(int=1),
        "version": 1,
        "kind": DemandKind.SCENARIO,
        "state": DemandState.PUBLISHED,
        "owner": OrganisationKey(scheme="lei", code="X"),
        "owner_name": "港",
        "title": "残损识别",
        "need": "识别准确率不低于96%。识别时间不超过3秒。",
    }
    return DemandSnapshot.model_validate(fields | changes)


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_vectors_come_back_as_they_were_to_half_precision(texts: list[str]) -> None:
    rows = HashEmbedder(dim=16).encode_passages(texts)
    np.testing.assert_allclose(unpacked(packed(rows), 16), rows, atol=1e-3)


def test_no_vectors_take_no_bytes() -> None:
    assert packed([]) == b""
    assert unpacked(b"", 16).shape == (0, 16)


def test_a_halfvec_is_read_from_its_binary_form() -> None:
    [row] = HashEmbedder(dim=16).encode_passages(["字"])
    np.testing.assert_allclose(from_halfvec(HalfVector(row).to_binary()), row, atol=1e-3)


def test_a_demand_asks_and_a_profile_offers() -> None:
    assert {role for role, _ in content.demand_texts(demand()).asked} == {TextRole.QUERY}
    assert {role for role, _ in content.profile_texts(OFFER).asked} == {TextRole.PASSAGE}


def test_a_demand_without_clauses_is_split_into_them_where_they_stand() -> None:
    asked = content.askings(demand())
    assert len(asked) == 2
    assert all(one.span.source == "need" for one in asked)
    assert all(demand().need[one.span.start : one.span.end] == one.span.text for one in asked)


def test_clauses_that_the_owner_stated_are_taken_as_they_are() -> None:
    stated = (Clause(kind=ClauseKind.FUNCTION, text="写入闸口系统"),)
    [one] = content.askings(demand(clauses=stated))
    assert (one.clause, one.span.source, one.span.text) == (stated[0], "clauses/0", "写入闸口系统")


def test_a_clause_given_as_text_alone_asks_for_what_free_text_would() -> None:
    texts = ("箱号识别准确率≥95%", "近三年内须有不少于3个同类案例", "pH值6~9", "支持离线部署")
    stated = tuple(Clause(kind=ClauseKind.PERFORMANCE, text=text) for text in texts)
    for asked, text in zip(content.askings(demand(clauses=stated)), texts, strict=True):
        [free] = content.askings(demand(need=text))
        fields = {"metric", "operator", "value", "upper", "unit"}
        assert asked.clause.model_dump(include=fields) == free.clause.model_dump(include=fields)


def test_a_figure_that_the_owner_stated_outranks_the_text() -> None:
    stated = Clause(kind=ClauseKind.PERFORMANCE, text="准确率≥95%", operator=Comparison.AT_LEAST, value=97, unit="%")
    [one] = content.askings(demand(clauses=(stated,)))
    assert one.clause == stated


def test_every_text_of_an_offer_is_evidence_under_its_place() -> None:
    texts = {text.source: text.text for text in content.evidence_texts(OFFER) if text.text}
    assert texts == {
        "headline": "残损识别系统",
        "summary": "不停车识别。写入闸口系统。",
        "items/0/title": "识别",
        "items/0/text": "准确率97.6%。",
        "items/1/title": "接口",
        "cases/0/title": "北方码头",
        "cases/0/text": "两年运行。",
        "products/0/name": "一体机",
        "products/0/text": "防护等级IP66。",
    }


def test_an_endless_profile_gets_only_so_many_vectors() -> None:
    endless = OFFER.model_copy(update={"summary": "支持一项。" * 2000})
    assert len(content.profile_texts(endless).sentences) == content.MOST_SENTENCES


def test_long_sentences_get_vectors_as_far_as_the_first_eight_thousand_characters_go() -> None:
    long = OFFER.model_copy(update={"summary": ("支持" * 250 + "。") * 40})
    lengths = [len(sentence) for sentence in content.profile_texts(long).sentences]
    assert content.MOST_CHARACTERS - 500 < sum(lengths) <= content.MOST_CHARACTERS


def test_of_a_sentence_that_runs_on_the_beginning_alone_gets_a_vector() -> None:
    running_on = OFFER.model_copy(update={"summary": "识别准确率98.5%且" * 1800 + "。写入闸口系统。"})
    first, told, then, *_ = content.profile_texts(running_on).sentences
    assert (first, len(told), then) == ("残损识别系统", LONGEST, "写入闸口系统")


IDS = st.lists(st.tuples(st.uuids(), st.integers(1, 9)), unique=True, max_size=6)


@given(IDS, st.randoms())
def test_a_digest_does_not_depend_on_the_order_of_who_was_considered(
    considered: list[tuple[UUID, int]], random: Random
) -> None:
    shuffled = considered[:]
    random.shuffle(shuffled)
    assert digest(inputs(considered)) == digest(inputs(shuffled))


@given(IDS.filter(bool))
def test_a_digest_depends_on_every_version(considered: list[tuple[UUID, int]]) -> None:
    newer = [(considered[0][0], considered[0][1] + 1), *considered[1:]]
    assert digest(inputs(considered)) != digest(inputs(newer))


def inputs(considered: list[tuple[UUID, int]]) -> Inputs:
    return Inputs("demand", (UUID(int=1), 1), considered, "model", "ranker", {"threshold": 35.0})
