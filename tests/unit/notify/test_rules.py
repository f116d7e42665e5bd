"""Who hears of a match, what a webhook may be, and what an outcome makes of a delivery."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.matcher import MatchSnapshot
from common.contracts.words import DemandKind, Domain
from notify.backoff import DELAYS_S
from notify.channels.rules import UrlRefused, target_of
from notify.deliveries.rules import (
    OPEN,
    AttemptResult,
    DeliveryState,
    Gone,
    Lanes,
    Refused,
    Rejected,
    Sent,
    Unreachable,
    after,
    outcome_of,
    recorded,
)
from notify.subscriptions.filters import SubscriptionFilters, should_hear, wants
from notify.subscriptions.rules import MatchSide, sides
from tests.integration.notify.matches import FIRM, PORT, STRANGER, a_match

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HTTPS = (443, 8443)


def test_both_owners_of_a_match_have_a_side_and_nobody_else() -> None:
    match = a_match()
    assert sides(match, PORT) == {MatchSide.DEMAND_OWNER}
    assert sides(match, FIRM) == {MatchSide.PROFILE_OWNER}
    assert sides(match, STRANGER) == frozenset()
    assert sides(a_match(profile_organisation=PORT), PORT) == {MatchSide.DEMAND_OWNER, MatchSide.PROFILE_OWNER}


@pytest.mark.parametrize(
    ("filters", "is_wanted"),
    [
        (SubscriptionFilters(), True),
        (SubscriptionFilters(kinds=(DemandKind.SCENARIO, DemandKind.PILOT)), True),
        (SubscriptionFilters(kinds=(DemandKind.PILOT,)), False),
        (SubscriptionFilters(tracks=("量子信息", "空天信息")), True),
        (SubscriptionFilters(tracks=("量子信息",)), False),
        (SubscriptionFilters(domains=(Domain.PORT,)), True),
        (SubscriptionFilters(domains=(Domain.HEALTH,)), False),
        (SubscriptionFilters(least_fit=80), True),
        (SubscriptionFilters(least_fit=81), False),
        (SubscriptionFilters(roles=(MatchSide.PROFILE_OWNER,)), True),
        (SubscriptionFilters(roles=(MatchSide.DEMAND_OWNER,)), False),
        (SubscriptionFilters(kinds=(DemandKind.SCENARIO,), domains=(Domain.HEALTH,)), False),
    ],
)
def test_a_match_must_pass_every_filter(filters: SubscriptionFilters, is_wanted: bool) -> None:
    match = a_match(fit=80, domain=Domain.PORT, tracks=("空天信息", "太赫兹"))
    assert wants(filters, match, FIRM) is is_wanted


def test_nobody_wants_a_match_that_holds_no_longer_or_that_is_not_theirs() -> None:
    assert not wants(SubscriptionFilters(), a_match(is_current=False), FIRM)
    assert not wants(SubscriptionFilters(), a_match(), STRANGER)


def _hears(match: MatchSnapshot, last_told: MatchSnapshot | None) -> bool:
    return should_hear(SubscriptionFilters(least_fit=60), match, FIRM, last_told)


def test_whoever_was_told_hears_once_that_it_is_no_longer_so() -> None:
    good, lapsed, weak = a_match(fit=80), a_match(fit=80, is_current=False), a_match(fit=40)
    assert _hears(lapsed, good)
    assert _hears(weak, good)
    assert not _hears(weak, lapsed)
    assert not _hears(lapsed, weak)
    assert not _hears(lapsed, None)
    assert _hears(good, lapsed)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("https://example.com", "example.com", 443),
        ("HTTPS://Example.COM:8443/a?b=c", "example.com", 8443),
        ("https://例子.cn/钩子", "xn--fsqu00a.cn", 443),
        ("https://[2606:4700::1]/", "2606:4700::1", 443),
        ("https://2130706433/", "127.0.0.1", 443),
        ("https://0x7f.1/", "127.0.0.1", 443),
    ],
)
def test_a_target_is_in_its_normal_form(text: str, host: str, port: int) -> None:
    target = target_of(text, ports=HTTPS, is_development=False)
    assert (target.host, target.port) == (host, port)
    assert target.url.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/hook",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://user:word@example.com/",
        "https://user@example.com/",
        "https://example.com/#part",
        "https://example.com:22/",
        "https://example.com:0/",
        "https://exam ple.com/",
        "https://example.com/\n",
        "https://exa\tmple.com/",
        "https://example.com/\x00",
    ],
)
def test_an_unfit_url_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        target_of(text, ports=HTTPS, is_development=False)
    assert refused.value.detail
    assert refused.value.detail_zh != refused.value.detail


def test_in_development_http_and_any_port_will_do() -> None:
    assert target_of("http://localhost:8080/x", ports=HTTPS, is_development=True).port == 8080
    with pytest.raises(UrlRefused):
        target_of("ftp://localhost/", ports=HTTPS, is_development=True)


@given(st.text(max_size=80))
def test_any_text_is_a_target_or_is_refused(text: str) -> None:
    try:
        target = target_of(text, ports=HTTPS, is_development=False)
    except UrlRefused:
        return
    assert target.url.startswith("https://")


@given(st.integers(100, 599))
def test_only_2xx_is_success_and_410_ends_it(status: int) -> None:
    outcome = outcome_of(status, took_s=0.1, retry_after_s=None)
    expected = Sent if 200 <= status < 300 else Gone if status == 410 else Refused
    assert type(outcome) is expected
    assert recorded(outcome)[1] == status


OUTCOMES = st.one_of(
    st.builds(Sent, status=st.just(200), took_s=st.just(0.1)),
    st.builds(Refused, status=st.just(500), took_s=st.just(0.1), retry_after_s=st.none() | st.floats(0, 1e6)),
    st.builds(Unreachable, reason=st.just("timed_out"), took_s=st.just(10.0)),
    st.builds(Gone, status=st.just(410), took_s=st.just(0.1)),
    st.builds(Rejected, status=st.just(550), took_s=st.just(0.1), reason=st.just("mail_refused")),
)


@given(outcomes=st.lists(OUTCOMES, min_size=1, max_size=12), state=st.sampled_from(sorted(OPEN)))
def test_every_delivery_ends_within_ten_attempts_with_a_reason(
    outcomes: list[AttemptResult], state: DeliveryState
) -> None:
    failures, at = 0, NOW
    for number, outcome in enumerate(outcomes, start=1):
        standing = after(outcome, state=state, failures_count=failures, at=at, jitter=0.5)
        assert (standing.due_at is None) == (standing.state not in OPEN)
        assert (standing.reason is None) == (standing.state is DeliveryState.SENT)
        if standing.due_at is None:
            return
        assert standing.state is state
        assert number < 1 + len(DELAYS_S)
        assert standing.due_at > at
        failures, at = standing.failures_count, standing.due_at


def test_a_refusal_keeps_its_reason_and_is_tried_again_on_schedule() -> None:
    standing = after(Refused(503, 0.1), state=DeliveryState.PENDING, failures_count=1, at=NOW, jitter=0.5)
    assert (standing.state, standing.failures_count, standing.reason) == (DeliveryState.PENDING, 2, "http_503")
    assert standing.due_at == NOW + timedelta(minutes=5)


def test_the_last_failure_is_the_reason_for_giving_up() -> None:
    standing = after(Unreachable("timed_out", 10.0), state=DeliveryState.HELD, failures_count=9, at=NOW, jitter=0.5)
    assert (standing.state, standing.reason) == (DeliveryState.ABANDONED, "timed_out")


def test_a_full_lane_lets_nobody_in_and_leaves_room_for_others() -> None:
    lanes = Lanes(per_host=2)
    lanes.enter("slow")
    assert lanes.let_in(["slow", "slow", "quick", "slow", "quick", "quick"]) == [0, 2, 4]
    lanes.enter("slow")
    assert (lanes.full(), lanes.in_hand_count) == (["slow"], 2)
    lanes.leave("slow")
    assert lanes.full() == []
