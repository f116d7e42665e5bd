"""An accepted validation becomes evidence of a profile, which verdicts of later matches cite."""

from typing import Any
from uuid import UUID, uuid4

from common.clock import new_id, now
from common.contracts.clauses import Clause, ClauseKind, Comparison
from common.contracts.envelope import Envelope
from common.contracts.validations import ValidatedFigure, ValidationAccepted, ValidationLapsed, ValidationSnapshot
from common.contracts.words import ValidationState
from matcher import consumers
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, FIRM, OTHER_FIRM, PORT, House, demand

METRIC = "残损识别准确率"
ASKED = Clause(
    kind=ClauseKind.PERFORMANCE,
    text="箱体残损识别准确率不低于97%",
    is_hard=True,
    metric=METRIC,
    operator=Comparison.AT_LEAST,
    value=97,
    unit="%",
)
UNTOLD = {**DAMAGE_OFFER, "items": []}
"""An offer that states no figure."""


def validation(profile_id: str, measured: float = 97.2, **changes: Any) -> ValidationSnapshot:
    figure = ValidatedFigure(
        metric=METRIC,
        about="闸口箱体残损识别准确率不低于95%",
        operator=Comparison.AT_LEAST,
        value=95,
        upper=None,
        unit="%",
        measured=measured,
        is_met=True,
        statement=f"{METRIC}实测{measured}%",
    )
    fields: dict[str, Any] = {
        "id": uuid4(),
        "version": 8,
        "state": ValidationState.ACCEPTED,
        "owner": FIRM,
        "owner_name": "示例单位",
        "host": PORT,
        "host_name": "港口测试中心（示例）",
        "demand_id": uuid4(),
        "profile_id": UUID(profile_id),
        "result_sha256": "ab" * 32,
        "accepted_at": now(),
        "figures": (figure,),
    }
    return ValidationSnapshot(**(fields | changes))


async def hear(house: House, snapshot: ValidationSnapshot) -> None:
    kind = ValidationAccepted if snapshot.state is ValidationState.ACCEPTED else ValidationLapsed
    event = kind(validation=snapshot)
    envelope = Envelope(
        id=new_id(),
        source="/jingqiao/catalog",
        type=event.type,
        subject=event.about(),
        time=now(),
        data=event.model_dump(mode="json"),
    )
    await consumers.validation_handler(house.database)(envelope)


async def verdict(house: House) -> dict[str, Any]:
    """On the one clause of the one match there is."""
    await house.work()
    [match] = await house.matches()
    [found] = match["verdicts"]
    return dict(found)


async def test_a_later_match_cites_what_was_measured(house: House) -> None:
    profile = await house.save(UNTOLD)
    told = validation(profile["id"])
    await hear(house, told)
    await house.hear(demand(clauses=(ASKED,)))
    found = await verdict(house)
    assert (found["outcome"], found["code"]) == ("satisfied", "validation_meets")
    assert found["profile_span"]["text"] == "残损识别准确率实测97.2%"
    assert found["profile_span"]["source"] == f"validations/{told.id}/measurements/0/statement"
    assert found["validation"]["verification"] == f"/v1/validations/{told.id}/verification"
    assert (found["validation"]["host_name"], found["validation"]["result_sha256"]) == (
        "港口测试中心（示例）",
        "ab" * 32,
    )
    assert str(told.id) in found["reason"]
    shown = (await house.client.get(f"/v1/profiles/{profile['id']}")).json()
    assert [(one["id"], one["figures"][0]["statement"]) for one in shown["validations"]] == [
        (str(told.id), "残损识别准确率实测97.2%")
    ]


async def test_a_match_there_is_changes_when_a_validation_comes_and_when_it_lapses(house: House) -> None:
    profile = await house.save(UNTOLD)
    await house.hear(demand(clauses=(ASKED,)))
    assert (await verdict(house))["outcome"] == "insufficient_evidence"
    told = validation(profile["id"])
    await hear(house, told)
    assert (await verdict(house))["outcome"] == "satisfied"
    lapsed = told.model_copy(update={"version": 9, "state": ValidationState.ANNULLED})
    await hear(house, lapsed)
    assert (await verdict(house))["validation"] is None
    await hear(house, told)
    assert (await verdict(house))["outcome"] == "insufficient_evidence"


async def test_a_measured_figure_outweighs_a_claim(house: House) -> None:
    profile = await house.save(DAMAGE_OFFER)
    await house.hear(demand(clauses=(ASKED,)))
    assert (await verdict(house))["code"] == "figure_meets"
    await hear(house, validation(profile["id"], 95.1))
    await house.work()
    assert await house.matches(is_current=True) == []


async def test_evidence_of_somebody_else_or_of_no_profile_changes_nothing(house: House) -> None:
    profile = await house.save(UNTOLD)
    for told in (
        validation(profile["id"], owner=OTHER_FIRM),
        validation(str(uuid4())),
        validation(profile["id"]).model_copy(update={"profile_id": None}),
    ):
        await hear(house, told)
    shown = (await house.client.get(f"/v1/profiles/{profile['id']}")).json()
    assert (shown["version"], shown["validations"]) == (1, [])


async def test_a_firm_that_rewrites_its_profile_keeps_its_evidence(house: House) -> None:
    profile = await house.save(UNTOLD)
    await hear(house, validation(profile["id"]))
    headers = {**house.token(), "If-Match": '"1"'}
    where = f"/v1/profiles/{profile['id']}"
    assert (await house.client.put(where, json=DAMAGE_OFFER, headers=headers)).status_code == 412
    changed = await house.client.put(where, json=DAMAGE_OFFER, headers={**headers, "If-Match": '"2"'})
    assert (changed.json()["version"], len(changed.json()["validations"])) == (3, 1)
