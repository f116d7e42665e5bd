"""The sample folder keeps what its README promises, so that a first run and an evaluation can rely on it."""

import csv
import re
from collections import Counter
from functools import cache

import pytest
from pydantic import TypeAdapter, ValidationError

from common import uscc
from common.contracts.clauses import Clause
from common.contracts.matcher import OFFER_FOR, OfferKind
from common.contracts.words import DemandKind
from common.fields import Division, Frozen, Language, Line, OrganisationKey, Text, Trl
from tests.support.samples import LOADED_AT, SAMPLES, rows, snapshot

ORGANISATION_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
TRACKS = {"太赫兹", "海洋电子信息", "深海开发", "空天信息", "类脑智能", "量子信息", "先进半导体材料", "卫星互联网"}


class Item(Frozen):
    title: Line
    text: Text
    trl: Trl


class Case(Frozen):
    title: Line
    text: Text
    year: int


class Product(Frozen):
    name: Line
    text: Text


class Offer(Frozen):
    id: str
    organisation: str
    offer_kind: OfferKind
    language: Language
    title: Line
    text: Text
    tracks: tuple[str, ...]
    division: Division | None
    items: tuple[Item, ...]
    cases: tuple[Case, ...]
    products: tuple[Product, ...]


@cache
def offers() -> dict[str, Offer]:
    return {key: Offer.model_validate(row) for key, row in rows("offers.jsonl").items()}


@cache
def grades() -> dict[tuple[str, str], int]:
    with (SAMPLES / "judgements.tsv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    found = {(line["demand_id"], line["offer_id"]): int(line["grade"]) for line in lines}
    assert len(found) == len(lines), "a pair is judged twice"
    return found


def has_organisation_code_check(code: str) -> bool:
    total = sum(int(character, 36) * weight for character, weight in zip(code, ORGANISATION_CODE_WEIGHTS, strict=False))
    return code[8] == "0123456789X0"[11 - total % 11]


def test_every_organisation_is_marked_as_a_sample() -> None:
    for row in rows("organisations.jsonl").values():
        assert row["is_sample"] is True, row["id"]
        assert "示例" in row["name"], row["id"]


def test_organisation_keys_are_unique_and_fit_a_nats_subject() -> None:
    keys = [OrganisationKey(scheme=row["scheme"], code=row["code"]) for row in rows("organisations.jsonl").values()]
    assert len(set(keys)) == len(keys)


def test_credit_codes_pass_the_check_and_cannot_belong_to_anyone() -> None:
    codes = [row["code"] for row in rows("organisations.jsonl").values() if row["scheme"] == "uscc"]
    assert [code for code in codes if uscc.fault(code)] == []
    assert [code for code in codes if has_organisation_code_check(code[8:17])] == []


@pytest.mark.parametrize("name", ["organisations.jsonl", "demands.jsonl", "offers.jsonl"])
def test_ids_are_ascii_slugs(name: str) -> None:
    assert [key for key in rows(name) if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)] == []


def test_every_demand_satisfies_the_published_contract() -> None:
    refused = {}
    for key, row in rows("demands.jsonl").items():
        try:
            snapshot(row)
        except ValidationError as error:
            refused[key] = str(error)
    assert refused == {}


def test_demands_have_the_promised_size() -> None:
    for key, row in rows("demands.jsonl").items():
        assert 100 <= len(row["text"]) <= 500, key
        assert 3 <= len(row["clauses"]) <= 8, key
        assert any(clause["is_hard"] for clause in row["clauses"]), key
        assert 60 <= row["closes_in_days"] <= 400, key
        assert row["budget_min_fen"] <= row["budget_max_fen"], key
        assert set(row["tracks"]) <= TRACKS, key


def test_a_numeric_clause_names_its_metric_and_states_its_number() -> None:
    for key, row in rows("demands.jsonl").items():
        for clause in TypeAdapter(list[Clause]).validate_python(row["clauses"]):
            bounds = [bound for bound in (clause.value, clause.upper) if bound is not None]
            assert all(f"{bound:g}" in clause.text for bound in bounds), (key, clause.text)
            assert not bounds or (clause.metric and clause.unit), (key, clause.text)


def test_twins_name_another_demand_of_the_same_kind() -> None:
    demands = rows("demands.jsonl")
    twins = [row for row in demands.values() if row["twin_of"] is not None]
    assert len(twins) >= 3
    for row in twins:
        original = demands[row["twin_of"]]
        assert original["kind"] == row["kind"], row["id"]
        assert original["owner"] != row["owner"], row["id"]


def test_every_offer_is_well_formed_and_belongs_to_a_sample_organisation() -> None:
    organisations = rows("organisations.jsonl")
    for key, offer in offers().items():
        assert offer.organisation in organisations, key
        assert 80 <= len(offer.text) <= 400, key
        assert 1 <= len(offer.items) <= 5, key
        assert set(offer.tracks) <= TRACKS, key
        assert all(2000 <= case.year <= LOADED_AT.year for case in offer.cases), key


def test_the_folder_is_large_and_mixed_enough() -> None:
    demand_kinds = Counter(DemandKind(row["kind"]) for row in rows("demands.jsonl").values())
    offer_kinds = Counter(offer.offer_kind for offer in offers().values())
    assert demand_kinds[DemandKind.SCENARIO] >= 36
    assert min(demand_kinds[kind] for kind in DemandKind) >= 4
    assert len(offers()) >= 84
    assert offer_kinds[OfferKind.RESEARCH] >= 4
    assert offer_kinds[OfferKind.PILOT_SERVICE] >= 5
    assert offer_kinds[OfferKind.CAPITAL] >= 6
    assert sum(offer.language == "en" for offer in offers().values()) >= 14


def test_judgements_name_known_demands_and_offers() -> None:
    unknown = [pair for pair in grades() if pair[0] not in rows("demands.jsonl") or pair[1] not in offers()]
    assert unknown == []
    assert set(grades().values()) == {0, 1, 2, 3}


def test_every_demand_is_judged_against_fits_and_hard_negatives() -> None:
    for key in rows("demands.jsonl"):
        judged = [grade for (demand, _), grade in grades().items() if demand == key]
        assert len(judged) >= 8, key
        assert max(judged) >= 2, key
        assert judged.count(0) >= 2, key


def test_every_offer_is_judged_at_least_once() -> None:
    assert set(offers()) - {offer for _, offer in grades()} == set()


def test_an_offer_of_the_wrong_kind_is_never_a_fit() -> None:
    for (demand, offer), grade in grades().items():
        wanted = OFFER_FOR[DemandKind(rows("demands.jsonl")[demand]["kind"])]
        assert grade <= 1 or offers()[offer].offer_kind is wanted, (demand, offer)


def test_twins_are_fitted_by_the_offers_of_their_originals() -> None:
    for key, row in rows("demands.jsonl").items():
        if row["twin_of"] is None:
            continue
        fits = {offer for (demand, offer), grade in grades().items() if demand == key and grade >= 2}
        original = {offer for (demand, offer), grade in grades().items() if demand == row["twin_of"] and grade >= 2}
        assert fits & original, key


def test_there_are_enough_cross_language_judgements() -> None:
    crossing = [grade for (_, offer), grade in grades().items() if offers()[offer].language == "en"]
    assert len(crossing) >= 40
    assert sum(grade >= 2 for grade in crossing) >= 14
