"""Messages to robots fit in what each vendor takes, cut between characters, and are signed as vendors document."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.channels import dingtalk, feishu, wecom
from notify.channels.notices import Notice, NoticeBundle
from notify.channels.robots import Vendor, cut, outcome, plain
from notify.deliveries.rules import Blocked, EndpointPace, Gone, Refused, Rejected, Sent, Unreachable
from notify.egress import Answered, Fault, Unanswered

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
VENDORS = {"dingtalk": dingtalk.VENDOR, "wecom": wecom.VENDOR, "feishu": feishu.VENDOR}
MOST_BYTES = {"dingtalk": 20_000, "wecom": 4096 + 200, "feishu": 20_480}


@given(st.text(), st.integers(3, 100))
def test_a_text_is_cut_between_characters_and_never_too_long(text: str, limit: int) -> None:
    text = text.encode(errors="ignore").decode()
    shown = cut(text, limit)
    assert len(shown.encode()) <= limit
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))
    assert shown == text or len(shown.encode()) > limit - 4


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_the_longest_messages_fit(name: str) -> None:
    notices = (Notice("岸" * 300, tuple("桥" * 20_000 for _ in range(10)), "https://portal.example/x", "查看"),) * 20
    message = VENDORS[name].message(NoticeBundle(notices), "SEC", NOW)
    assert len(json.dumps(message.body, ensure_ascii=False).encode()) <= MOST_BYTES[name]


LINE = "契合度 88：" + "桥" * 60


@pytest.mark.parametrize("length", [1, 15, 400])
@pytest.mark.parametrize("name", sorted(VENDORS))
def test_what_a_message_leaves_out_is_counted_and_said(name: str, length: int) -> None:
    titles = [f"撮合第{number:02}号" for number in range(60)]
    notices = tuple(Notice(title, (LINE * length,), "https://portal.example/x", "查看") for title in titles)
    text = json.dumps(VENDORS[name].message(NoticeBundle(notices, 5), None, NOW).body, ensure_ascii=False)
    # Feishu's title repeats that of the first.
    shown_count = len(set(re.findall(r"撮合第\d\d号", text)))
    assert f"另有 {65 - shown_count} 条" in text
    assert 1 <= shown_count <= 20
    assert ("…" in text) == (length == 400)
    assert len(text.encode()) <= MOST_BYTES[name]


def test_wecom_counts_bytes_of_utf_8() -> None:
    body = wecom.VENDOR.message(NoticeBundle((Notice("岸桥", ("远" * 3000,)),)), None, NOW).body
    assert 4090 <= len(body["markdown"]["content"].encode()) <= 4096


def test_a_signature_of_dingtalk_is_as_its_example_says() -> None:
    # Computed apart: openssl dgst -sha256 -hmac SECa -binary over "1764489600000\nSECa".
    assert dingtalk.signed("SECa", datetime.fromtimestamp(1764489600, UTC)) == {
        "timestamp": "1764489600000",
        "sign": DINGTALK_SIGN,
    }


def test_a_signature_of_feishu_is_of_nothing_under_time_and_secret() -> None:
    assert feishu.signed("SECa", datetime.fromtimestamp(1764489600, UTC)) == {
        "timestamp": "1764489600",
        "sign": FEISHU_SIGN,
    }


DINGTALK_SIGN = "yms/9oP4v6YammjDqkuot4cVXFwKZkDfQy5I9EHQyVA="
FEISHU_SIGN = "UsF3UkCVdk5q2nFDUCZ1lsCi8NTK4hQcYqrMF7T079A="


def _answered(vendor: Vendor, body: bytes, status: int = 200) -> object:
    return outcome(vendor, Answered(status, None, body), NOW, took_s=0.1)


CODES = [
    ("dingtalk", {"errcode": 0}, Sent, None),
    ("dingtalk", {"errcode": 310000}, Blocked, "security_settings"),
    ("dingtalk", {"errcode": 130101}, Refused, "rate_limited"),
    ("dingtalk", {"errcode": 460101}, Rejected, "too_long"),
    ("dingtalk", {"errcode": 300001}, Gone, "robot_gone"),
    ("wecom", {"errcode": 45009}, Refused, "rate_limited"),
    ("wecom", {"errcode": 40058}, Rejected, "content_refused"),
    ("wecom", {"errcode": 93000}, Gone, "robot_gone"),
    ("feishu", {"code": 0}, Sent, None),
    ("feishu", {"StatusCode": 0}, Sent, None),
    ("feishu", {"code": 9499}, Refused, "rate_limited"),
    ("feishu", {"code": 19021}, Blocked, "signature_wrong"),
    ("feishu", {"code": 19022}, Blocked, "address_not_allowed"),
    ("feishu", {"code": 19024}, Blocked, "keyword_missing"),
    ("feishu", {"code": "0"}, Refused, "answer_unreadable"),
]


@pytest.mark.parametrize(("name", "said", "kind", "reason"), CODES)
def test_the_code_says_what_becomes_of_a_message(name: str, said: object, kind: type, reason: str | None) -> None:
    found = _answered(VENDORS[name], json.dumps(said).encode())
    assert (type(found), getattr(found, "reason", None)) == (kind, reason)


def test_a_code_counts_whatever_the_status() -> None:
    assert isinstance(_answered(feishu.VENDOR, b'{"code": 19001}', 400), Gone)


def test_nobody_at_home_is_no_answer() -> None:
    assert outcome(wecom.VENDOR, Unanswered(Fault.TIMED_OUT), NOW, took_s=1.0) == Unreachable(Fault.TIMED_OUT, 1.0)


@given(st.text())
def test_plain_text_holds_no_markup(text: str) -> None:
    assert not set(plain(text)) & set("<>[]*`#_|~\\\n\r")


def test_at_this_pace_no_minute_sees_more_than_twenty() -> None:
    pace = EndpointPace(burst=5, interval_s=4.0)
    assert pace.burst + 60 / pace.interval_s <= 20
