"""What a person reads of a delivery: every event that is told of has words in both languages, on single lines."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from common.contracts.catalog import DemandPublished
from common.contracts.envelope import Event
from common.contracts.matcher import MatchComputed
from common.contracts.solicitations import SolicitationOpened
from common.fields import Language
from notify.channels import notices
from notify.channels.notices import NoticeWording
from notify.deliveries.models import Delivery
from notify.deliveries.news import KINDS, TOPICS
from tests.integration.notify import news
from tests.integration.notify.matches import FIRM, PORT, a_match

TOLD = sorted(set(TOPICS) - {DemandPublished.type})
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def _written() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(notices.__file__).parent / "notices.toml").read_text())["notice"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", [*TOLD, MatchComputed.type])
def test_every_event_that_is_told_of_has_words_in_both_languages(kind: str) -> None:
    assert {language: bool(lines) for language, lines in _written()[kind].items()} == {"zh": True, "en": True}


def test_no_words_are_left_of_what_is_not_told() -> None:
    assert set(_written()) == {*TOLD, "matcher.match.computed", "matcher.match.lapsed"}


def _samples() -> Iterator[Event]:
    yield news.opened(news.by(FIRM))
    yield news.interested(news.by(FIRM))
    yield news.demanded()
    yield news.called(SolicitationOpened)
    yield news.solved((FIRM,))
    yield news.answered(uuid4(), FIRM)
    yield news.mandated(FIRM, PORT)
    yield news.stepped(FIRM, PORT, actor=None)


def _delivery(event: Event) -> Delivery:
    kind = KINDS[event.type]
    assert kind.news is not None
    return Delivery(news_type=event.type, news=kind.news(event).data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_hole_of_a_sample_stays_open(language: Language) -> None:
    wording = NoticeWording("https://portal.example/{topic}/{id}")
    for event in _samples():
        [notice] = wording.notices(_delivery(event), language)
        assert len(notice.lines) >= 2, event.type
        assert not any(mark in text for text in (notice.title, *notice.lines) for mark in "{}"), event.type
        assert notice.link.startswith("https://portal.example/")
        assert not notice.link.endswith("/"), event.type


def test_a_match_is_told_with_both_sides_and_how_well_it_fits() -> None:
    match = a_match().model_dump(mode="json")
    [notice] = NoticeWording().notices(Delivery(match=match), "en")
    assert notice.title == "New match: 集装箱码头岸桥远程操控"
    assert notice.lines[-1] == "Fit 80 (强): 1 项满足"
    [ended] = NoticeWording().notices(Delivery(match={**match, "is_current": False}), "zh")
    assert ended.title.startswith("撮合已失效：")


def test_an_event_of_a_later_release_is_told_by_its_name() -> None:
    [notice] = NoticeWording("https://portal.example/{topic}/{id}").notices(
        Delivery(news_type="catalog.parade.held", news={"parade": {"id": "7"}}), "zh"
    )
    assert (notice.title, notice.link) == ("新的通知：catalog.parade.held", "https://portal.example/parade/7")


def test_what_would_end_a_line_becomes_a_blank() -> None:
    match = a_match().model_dump(mode="json") | {"demand_title": "一\r\nBcc: x\u2028二\x00"}
    [notice] = NoticeWording().notices(Delivery(match=match), "zh")
    assert notice.title == "新的撮合：一 Bcc: x 二"


def test_an_amendment_says_what_is_different() -> None:
    [notice] = NoticeWording().notices(_delivery(news.demanded()), "zh")
    assert any("→" in line for line in notice.lines)


def test_a_digest_tells_of_each_piece_under_the_title_of_its_event() -> None:
    item = {
        "news": None,
        "title": "岸桥远程操控",
        "headline": "远程控制系统",
        "fit": 80,
        "band": "强",
        "summary": "1 项满足",
    }
    amended = {"news": "catalog.demand.amended", "title": "泊位调度", "changes": [], "about": "7"}
    digest = {"reason": "cadence", "items": [item, amended], "more_count": 3}
    first, second, more = NoticeWording().notices(Delivery(news_type="notify.digest", news=digest), "zh")
    assert (first.title, first.lines) == ("新的撮合：岸桥远程操控", ("远程控制系统", "契合度 80（强）：1 项满足"))
    assert second.title == "需求有变更：泊位调度"
    assert more.title == "另有 3 条，请在通知列表中查看"
