"""Subscriptions as a page shows them: what waits for whom, and a secret once."""

import json
from typing import Any

import pytest

from portal.api import ApiRefused
from portal.enterprise import offers
from portal.languages import Speaker
from portal.notices import wishes
from tests.unit.portal.lent import LentPortal
from tests.unit.portal.test_words import CONTRACTS

ADDRESS = "https://receiver.example/hook"
WEBHOOK = {"type": "webhook", "url": ADDRESS}
PENDING: dict[str, Any] = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "channel": WEBHOOK,
    "filters": {"kinds": ["pilot"], "words": ["集装箱"], "topics": list(wishes.TOPICS), "least_fit": 0},
    "cadence": {"pace": "weekly", "hour": 9, "weekday": "friday", "remind_days": [3]},
    "state": "pending",
    "state_reason": None,
    "failing_since": None,
    "failures_count": 0,
}


def portal(**said: Any) -> LentPortal:
    page = {"items": [{**PENDING, **said}], "cursor": None}
    made: dict[str, Any] = {"notify.create_subscription": {**PENDING, "secret": "whsec_1"}}
    made["notify.preview_subscription"] = ApiRefused(404, {})
    return LentPortal({"notify.list_subscriptions": page, **made}, "enterprise")


def test_one_that_waits_says_for_whom_and_shows_its_secret_once() -> None:
    lent = portal()
    assert "whsec_1" in lent.post("/subscriptions", **{"channel-type": "webhook", "channel-url": ADDRESS}).text
    again = lent.browser.get("/subscriptions").text
    assert "whsec_1" not in again
    assert Speaker("zh")("channel_next.webhook") in again
    assert lent.apis.sent("notify.create_subscription")[0]["channel"] == WEBHOOK


@pytest.mark.parametrize(
    ("state", "offered"),
    [("active", ["pause"]), ("paused", ["resume"]), ("pending", []), ("disabled", ["resume"])],
)
def test_the_buttons_are_those_of_its_state(state: str, offered: list[str]) -> None:
    page = portal(state=state).browser.get("/subscriptions").text
    assert [action for action in ("pause", "resume") if f"{PENDING['id']}/{action}" in page] == offered


def test_a_subscription_is_told_in_sentences() -> None:
    say = Speaker("zh")
    assert list(wishes.passes(say, PENDING["filters"])) == ["中试需求", "含“集装箱”"]
    assert wishes.rhythm(say, PENDING["cadence"]) == "每周五 9 时汇总"


@pytest.mark.parametrize("field", ["filters-least_fit", "cadence-hour", "cadence-remind_days"])
def test_a_figure_of_thousands_of_digits_is_a_fault_of_its_field(field: str) -> None:
    lent = portal()
    assert lent.post("/subscriptions", **{"channel-type": "browser", field: "9" * 5000}).status_code == 422


OFFERED = {
    ("notify", "Channel"): wishes.CHANNELS,
    ("notify", "Topic"): wishes.TOPICS,
    ("notify", "Pace"): wishes.PACES,
    ("notify", "Weekday"): wishes.WEEKDAYS,
    ("matcher", "ProfileVisibility"): offers.VISIBILITIES,
    ("matcher", "OwnershipForm"): offers.TRAITS["ownership"],
    ("matcher", "SizeClass"): offers.TRAITS["size_class"],
}


@pytest.mark.parametrize(("service", "vocabulary"), OFFERED)
def test_a_form_offers_every_word_that_its_api_takes(service: str, vocabulary: str) -> None:
    contract = json.loads((CONTRACTS / f"{service}.json").read_text())
    assert set(OFFERED[service, vocabulary]) == set(contract["components"]["schemas"][vocabulary]["enum"])
