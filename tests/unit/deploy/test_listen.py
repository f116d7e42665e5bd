"""What `listen` and `receive` print of news."""

from uuid import uuid4

import pytest

from common.contracts.envelope import Event
from deploy.embedded.listen import in_words
from tests.integration.notify.matches import FIRM, PORT
from tests.integration.notify.news import answered, by, called, demanded, interested, mandated, opened, solved


def test_a_step_of_a_docking_is_told_with_who_took_it_and_what_is_next() -> None:
    event = opened(by(None, "open", actor_name="示例经纪机构", on_behalf_of=FIRM))
    said = {"news": event.type, **event.model_dump(mode="json")}
    _, head, other, act, following = in_words("notify.uscc.X.docking", {"data": said}).splitlines()
    assert head == "matcher.docking.opened  opened  集装箱码头岸桥远程操控（示例港口集团）"
    assert other == "    ↔ 港口设备远程控制系统（示例智能装备公司）"
    assert act == f"    示例经纪机构（代表 {FIRM.code}）：open"
    assert following.startswith("    → offer_slots（owner）20")


def test_an_interest_has_no_next_step() -> None:
    event = interested(by(PORT, "dismiss", actor_name="示例港口集团", reason="no_capacity"))
    said = {"news": event.type, **event.model_dump(mode="json")}
    assert in_words("x", {"data": said}).splitlines()[-1] == "    示例港口集团：dismiss no_capacity"


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (
            demanded(),
            [
                "catalog.demand.amended  published  集装箱码头岸桥远程操控",
                "    #/need: 控制时延不超过 80 ms。 → 控制时延不超过 50 ms。",
            ],
        ),
        (answered(uuid4(), PORT), ["catalog.question.answered  answered  是否包含夜间作业？", "    包含。"]),
        (called(), ["catalog.solicitation.opened  open  集装箱码头岸桥远程操控"]),
        (solved((FIRM,)), [f"catalog.solution.advanced  submitted  {FIRM.code}"]),
        (mandated(FIRM, PORT), ["matcher.mandate.given  active  示例经纪机构"]),
    ],
    ids=lambda value: value.type if isinstance(value, Event) else "",
)
def test_other_news_is_told_with_how_it_stands(event: Event, lines: list[str]) -> None:
    said = {"news": event.type, **event.model_dump(mode="json")}
    assert in_words("x", {"data": said}).splitlines()[1:] == lines
