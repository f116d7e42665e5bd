"""The doctor names what is wrong with the matcher's model, queue and indexes."""

from datetime import timedelta
from pathlib import Path

from common.clock import new_id, now
from common.doctor.results import CheckResult, Severity
from matcher.doctor import examination
from matcher.subjects.kind import SubjectKind
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, House
from tests.integration.matcher.test_upkeep import many_profiles


async def found(house: House) -> dict[str, CheckResult]:
    settings = house.settings.model_copy(update={"connect_timeout_s": 1.0})
    return {each.check: each for each in await examination(settings).results()}


async def test_a_matcher_at_rest_waits_for_nothing_and_searches_exactly(house: House, tmp_path: Path) -> None:
    await house.save(DAMAGE_OFFER)
    await house.work()
    seen = await found(house)
    assert {seen[name].severity for name in ("queue", "indexes")} == {Severity.OK}
    assert "exact" in seen["indexes"].seen


async def test_a_model_of_other_settings_is_told_with_how_to_move(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    await house.work()
    house.settings.model = "/models/another"
    told = (await found(house))["model"]
    assert (told.severity, "matcher reindex" in told.remedy) == (Severity.WARNING, True)


async def test_jobs_that_wait_too_long_and_why_they_failed_are_told(house: House) -> None:
    await house.queue(SubjectKind.PROFILE, new_id())
    long_ago = (now() - timedelta(hours=1)).isoformat()
    await house.execute(f"UPDATE jobs SET enqueued_at = '{long_ago}', error = 'ValueError'")
    seen = await found(house)
    assert (seen["queue"].severity, "matcher work" in seen["queue"].remedy) == (Severity.FAULT, True)
    assert "ValueError (1)" in seen["jobs"].seen


async def test_indexes_that_are_not_built_are_a_warning(house: House) -> None:
    await many_profiles(house, 100)
    house.settings.exact_below = 50
    assert (await found(house))["indexes"].severity is Severity.WARNING
