"""A meeting's calendar file is what RFC 5545 asks for, and is read back as it was written."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from icalendar import Calendar

from matcher.dockings.meetings import ics

ENTRY = ics.Entry(
    uid=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    sequence=0,
    is_cancelled=False,
    starts_at=datetime(2026, 12, 3, 1, 30, tzinfo=UTC),
    ends_at=datetime(2026, 12, 3, 3, tzinfo=UTC),
    changed_at=datetime(2026, 11, 30, 5, tzinfo=UTC),
    title="对接会面：前湾港区闸口集装箱箱体残损智能识别，含夜间、雨雾天和冬季冰雪条件下的识别与登记系统",
    text="需求方：示例港口\n供给方：示例科技；二期",
    place="前湾港区三号会议室, 二楼",
    organizer='示例"港口"集团',
    url="https://meet.example.com/room",
)


def read(entry: ics.Entry) -> tuple[Any, Any]:
    calendar = Calendar.from_ical(ics.calendar_file(entry))
    [event] = calendar.walk("VEVENT")
    return calendar, event


def test_it_reads_back_as_it_was_written() -> None:
    calendar, event = read(ENTRY)
    assert (calendar["method"], event["status"], int(event["sequence"])) == ("PUBLISH", "CONFIRMED", 0)
    assert (event["uid"], event["summary"], event["location"]) == (str(ENTRY.uid), ENTRY.title, ENTRY.place)
    assert event["description"] == ENTRY.text
    assert event["url"] == ENTRY.url


def test_it_is_told_in_the_time_of_shanghai_with_the_zone_in_the_file() -> None:
    calendar, event = read(ENTRY)
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["tzid"] == event["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert event["dtstart"].dt == ENTRY.starts_at
    assert event["dtend"].dt == ENTRY.ends_at
    assert event["dtstart"].dt.utcoffset().total_seconds() == 8 * 3600
    assert b"DTSTART;TZID=Asia/Shanghai:20261203T093000" in ics.calendar_file(ENTRY)


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    _, moved = read(replace(ENTRY, sequence=1, starts_at=datetime(2026, 12, 4, 1, tzinfo=UTC)))
    assert (moved["uid"], int(moved["sequence"])) == (str(ENTRY.uid), 1)


def test_what_is_called_off_is_cancelled() -> None:
    calendar, event = read(replace(ENTRY, sequence=2, is_cancelled=True))
    assert (calendar["method"], event["status"], event["uid"]) == ("CANCEL", "CANCELLED", str(ENTRY.uid))


def test_lines_end_and_are_folded_as_the_standard_says() -> None:
    lines = ics.calendar_file(ENTRY).split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)


def test_the_same_meeting_is_the_same_bytes() -> None:
    assert ics.calendar_file(ENTRY) == ics.calendar_file(ENTRY)


def test_it_names_the_organizer_without_an_address() -> None:
    _, event = read(ENTRY)
    assert str(event["organizer"]) == ics.NOBODY
    assert "@" not in ics.calendar_file(ENTRY).decode()
