"""Reasons are told in the language of who reads them, and announced in that of the demand."""

from typing import Any

import pytest

from common.contracts.clauses import Clause, ClauseKind, Comparison
from common.contracts.matcher import Quoted
from common.fields import OrganisationKey
from tests.integration.matcher.service_under_test import CATERING_OFFER, DAMAGE_OFFER, FIRM, PORT, House, demand

CLAUSES = (
    Clause(
        kind=ClauseKind.PERFORMANCE,
        text="残损识别准确率不低于95%",
        metric="残损识别准确率",
        operator=Comparison.AT_LEAST,
        value=95,
        unit="%",
        is_hard=True,
    ),
    Clause(kind=ClauseKind.QUALIFICATION, text="具备CMMI 5级认证"),
)
OFFER = DAMAGE_OFFER | {"items": [{"title": "箱体残损识别", "text": "残损识别准确率97.6%。", "trl": 9}]}
ENGLISH = ("“残损识别准确率97.6%” meets it", "the profile does not mention “CMMI 5级”")
CHINESE = ("“残损识别准确率97.6%”达到要求", "画像未提到“CMMI 5级”")


async def asked(
    house: House, method: str, path: str, language: str | None, who: OrganisationKey = PORT, body: object = None
) -> Any:
    wanted = {"Accept-Language": language} if language else {}
    reply = await house.client.request(method, path, json=body, headers={**house.token(who), **wanted})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def matched(house: House) -> Any:
    await house.save(OFFER)
    await house.save(CATERING_OFFER)
    wanted = await house.hear(demand(clauses=CLAUSES))
    await house.work()
    return wanted


@pytest.mark.parametrize(
    ("language", "reasons"), [("en", ENGLISH), ("zh-CN", CHINESE), (None, CHINESE), ("fr", CHINESE)]
)
async def test_a_match_is_explained_in_the_readers_language(
    house: House, language: str | None, reasons: tuple[str, ...]
) -> None:
    wanted = await matched(house)
    [match] = await house.matches()
    for path in (f"/v1/demands/{wanted.id}/matches", "/v1/matches", f"/v1/matches/{match['id']}"):
        shown = await asked(house, "GET", path, language)
        told = shown["items"][0] if "items" in shown else shown
        assert tuple(verdict["reason"] for verdict in told["verdicts"]) == reasons
        assert told["summary"] == ("1 met, 1 without enough evidence" if language == "en" else "1 项满足，1 项证据不足")


async def test_fits_near_misses_and_groups_are_explained_in_the_readers_language(house: House) -> None:
    wanted = await matched(house)
    for method, path, body in (
        ("POST", "/v1/fits", {"profile": OFFER}),
        ("GET", f"/v1/demands/{wanted.id}/nearest", None),
        ("POST", f"/v1/demands/{wanted.id}/consortia", {}),
    ):
        told = {language: str(await asked(house, method, path, language, body=body)) for language in ("en", "zh")}
        assert "“" in told["en"]
        assert ("the profile" in told["en"]) or ("meets it" in told["en"]), path
        assert ("画像" in told["zh"]) or ("达到要求" in told["zh"]), path
        assert "达到要求" not in told["en"], path


async def test_an_event_is_told_in_the_language_of_the_demand_with_what_it_takes_to_word_it_otherwise(
    house: House,
) -> None:
    await matched(house)
    [(_, match)] = await house.announced()
    assert tuple(verdict.reason for verdict in match.verdicts) == CHINESE
    assert [(verdict.code, verdict.quoted) for verdict in match.verdicts] == [
        ("figure_meets", Quoted(found="残损识别准确率97.6%")),
        ("name_absent", Quoted(missing="CMMI 5级")),
    ]


async def test_a_match_stored_before_reasons_had_codes_keeps_its_words_and_is_not_announced_again(house: House) -> None:
    wanted = await matched(house)
    await house.execute(
        "UPDATE matches SET verdicts = (SELECT jsonb_agg(verdict - 'code' - 'quoted') "
        "FROM jsonb_array_elements(verdicts) AS verdict)"
    )
    [shown] = (await asked(house, "GET", "/v1/matches", "en", FIRM))["items"]
    assert tuple(verdict["reason"] for verdict in shown["verdicts"]) == CHINESE
    before = await house.announced()
    await house.hear(wanted.model_copy(update={"version": 2}))
    await house.work()
    [shown] = (await asked(house, "GET", "/v1/matches", "en", FIRM))["items"]
    assert tuple(verdict["reason"] for verdict in shown["verdicts"]) == ENGLISH
    assert len(await house.announced()) == len(before) + 1, "the demand's version is news, the codes are not"
