"""`train` learns from what became of matches, switches to what ranks better and to nothing else."""

import asyncio
import json
import sys
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from sqlalchemy import text

from common.clock import now
from common.database import Database
from matcher.coefficients import repository
from matcher.engine.embedding import ModelUnavailable
from matcher.engine.ranking.ranker import SHIPPED
from matcher.settings import MatcherSettings
from matcher.training import command, learning
from tests.integration.matcher import history
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, House, demand

Found = TypeVar("Found")
SHIPPED_VERSION = json.loads(SHIPPED.read_text(encoding="utf-8"))["version"]


@pytest.fixture
def settings(settings: MatcherSettings, monkeypatch: pytest.MonkeyPatch) -> MatcherSettings:
    """Those that the command finds in its environment too."""
    monkeypatch.setenv("MATCHER_DATABASE_URL", settings.database_url)
    return settings


def train(*arguments: str) -> int:
    parser = ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(arguments))


def within(settings: MatcherSettings, act: Callable[[Database], Awaitable[Found]]) -> Found:
    async def acted() -> Found:
        database = Database(settings)
        try:
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(acted())


def lived_through(settings: MatcherSettings, judge: history.Judge, *, demands: int = 40, seed: int = 1) -> None:
    within(settings, lambda database: history.live_through(database, judge, demands=demands, seed=seed))


def count(settings: MatcherSettings, what: str) -> int:
    async def counted(database: Database) -> int:
        async with database.begin() as session:
            found: int = await session.scalar(text(f"SELECT count(*) FROM {what}"))
            return found

    return within(settings, counted)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_from_random_outcomes_nothing_is_switched(
    settings: MatcherSettings, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    lived_through(settings, history.by_chance, seed=seed)
    assert train() == 0
    assert capsys.readouterr().out == "Nothing is changed: they are no better beyond doubt.\n"
    assert count(settings, "coefficients") == count(settings, "jobs") == 0


def test_from_telling_outcomes_it_switches_and_has_open_demands_ranked_anew(
    settings: MatcherSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_through(settings, history.by_shared_words)
    assert train() == 0
    said = capsys.readouterr()
    assert "Now in use: coefficients" in said.out
    assert "320 pairs of 40 demands" in said.err
    assert count(settings, "coefficients WHERE is_active") == 1
    assert count(settings, "jobs WHERE kind = 'demand'") == 40


def test_training_again_keeps_what_was_learnt_before_and_starts_from_it(settings: MatcherSettings) -> None:
    lived_through(settings, history.by_shared_words)
    train()
    train()
    assert count(settings, "coefficients WHERE is_active") == 1
    latest = "coefficients WHERE document->'origin'->>'prior' NOT LIKE"
    assert count(settings, f"{latest} '{SHIPPED_VERSION}/%'") == count(settings, "coefficients") - 1


def test_what_another_training_switched_to_meanwhile_is_not_replaced_uncompared(
    settings: MatcherSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_through(settings, history.by_shared_words)
    others = json.loads(SHIPPED.read_text(encoding="utf-8")) | {"version": "of-another-training"}
    learn = learning.from_outcomes

    async def outrun(database: Database) -> learning.Learnt:
        found = await learn(database)
        async with database.begin() as session:
            await repository.switch(session, others, now())
        return found

    monkeypatch.setattr(learning, "from_outcomes", outrun)
    assert train() == 0
    assert "others were put in use meanwhile" in capsys.readouterr().out
    assert count(settings, "coefficients WHERE is_active AND version = 'of-another-training'") == 1
    assert count(settings, "jobs") == 0


def test_comparing_alone_changes_nothing(settings: MatcherSettings, capsys: pytest.CaptureFixture[str]) -> None:
    lived_through(settings, history.by_shared_words)
    assert train("--compare-only") == 0
    said = capsys.readouterr()
    assert said.out == "Nothing is changed.\n"
    assert "rho_per_demand" in said.err
    assert count(settings, "coefficients") == 0


def test_too_few_outcomes_say_how_many_are_missing(
    settings: MatcherSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_through(settings, history.by_shared_words, demands=5)
    assert train() == 0
    said = capsys.readouterr().out
    assert "40 judged matches of 5 demands" in said
    assert "60 matches and 15 demands are missing" in said
    assert count(settings, "coefficients") == 0


def test_before_anything_was_embedded_there_is_nothing_to_learn(
    settings: MatcherSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train() == 0
    assert "0 judged matches" in capsys.readouterr().out


def test_figures_of_another_embedding_model_teach_nothing(
    settings: MatcherSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_through(settings, history.by_shared_words)

    async def move(database: Database) -> None:
        async with database.begin() as session:
            await session.execute(text("UPDATE embedding_models SET id = 'another-model'"))

    within(settings, move)
    train()
    assert "0 judged matches" in capsys.readouterr().out


def test_a_database_that_is_away_is_one_line(
    settings: MatcherSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:9/none")
    assert train() == 2
    assert capsys.readouterr().err == "The database does not answer\n"


def test_training_a_model_without_its_libraries_says_how_to_get_them(
    settings: MatcherSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "matcher.training.biencoder", raising=False)
    with pytest.raises(ModelUnavailable, match=r"needs torch.*pip install 'jingqiao\[st\]'"):
        train("--embedder")


async def test_running_processes_take_up_what_was_learnt(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    await house.hear(demand())
    await house.work()
    before = {match["ranking_id"]: match["fit"] for match in await house.matches()}
    learnt = json.loads(SHIPPED.read_text(encoding="utf-8")) | {"version": "learnt-here"}
    learnt["same_language"] |= {"weights": {"words": 30.0}}
    async with house.database.begin() as session:
        await repository.switch(session, learnt, now())
    await house.hear(demand())
    await house.work()
    fresh = [match for match in await house.matches() if match["ranking_id"] not in before]
    [match] = fresh
    receipt = (await house.client.get(f"/v1/rankings/{match['ranking_id']}")).json()
    assert receipt["ranker_version"].startswith("learnt-here/")
    assert (await house.client.post(f"/v1/rankings/{match['ranking_id']}/replay")).json()["is_identical"]


async def test_bands_mean_the_same_after_the_database_kept_them(house: House) -> None:
    """It keeps the names in an object in an order of its own."""
    await house.save(DAMAGE_OFFER)
    await house.hear(demand())
    await house.work()
    [before] = await house.matches()
    async with house.database.begin() as session:
        await repository.switch(session, json.loads(SHIPPED.read_text(encoding="utf-8")) | {"version": "kept"}, now())
    await house.hear(demand(id=before["demand_id"], version=2))
    await house.work()
    [after] = await house.matches()
    assert after["ranking_id"] != before["ranking_id"]
    assert (after["fit"], after["band"]) == (before["fit"], before["band"])
    assert before["band"] != "弱"


async def test_a_ranking_that_began_before_a_switch_is_made_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.save(DAMAGE_OFFER)
    await house.work()
    await house.hear(demand())
    learnt = json.loads(SHIPPED.read_text(encoding="utf-8")) | {"version": "learnt-here"}

    async def switch() -> None:
        async with house.database.begin() as session:
            await repository.switch(session, learnt, now())

    house.after_ranking(monkeypatch, switch)
    await house.work()
    [match] = await house.matches()
    receipt = (await house.client.get(f"/v1/rankings/{match['ranking_id']}")).json()
    assert receipt["ranker_version"].startswith("learnt-here/")


async def test_coefficients_of_other_figures_are_passed_over(house: House) -> None:
    outdated = json.loads(SHIPPED.read_text(encoding="utf-8")) | {"version": "outdated", "features": ["title"]}
    async with house.database.begin() as session:
        await repository.switch(session, outdated, now())
    await house.save(DAMAGE_OFFER)
    await house.hear(demand())
    await house.work()
    [match] = await house.matches()
    receipt = (await house.client.get(f"/v1/rankings/{match['ranking_id']}")).json()
    assert receipt["ranker_version"].startswith(SHIPPED_VERSION)
