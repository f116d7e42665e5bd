"""What `listen` and `receive` print of a step of a docking."""

from deploy.embedded.listen import in_words
from tests.integration.notify.matches import FIRM, PORT
from tests.integration.notify.news import by, interested, opened


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
