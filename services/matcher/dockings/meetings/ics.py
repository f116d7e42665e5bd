"""A meeting as an iCalendar file (RFC 5545, RFC 5546), in Asia/Shanghai."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from common.days import ZONE

if TYPE_CHECKING:
    from icalendar import Event

# icalendar is imported for the first file: a start should not wait for it.
PRODUCT = "-//Jingqiao//Dockings 1.0//ZH"
NOBODY = "invalid:nomail"
"""The address of an organizer who is named but not written to: mail addresses are contacts, and stay hidden."""
MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Entry:
    """
    uid         the same however often the meeting is moved
    sequence    0 at first, higher with every change
    changed_at  of the newest change: two readers of one change get the same bytes
    """

    uid: UUID
    sequence: int
    is_cancelled: bool
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    title: str
    text: str
    place: str
    organizer: str
    url: str | None


def calendar_file(entry: Entry) -> bytes:
    """One event with its VTIMEZONE; its METHOD is CANCEL for one that was called off, PUBLISH otherwise."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.is_cancelled else "PUBLISH")
    calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> "Event":
    from icalendar import Event, vCalAddress, vText

    event = Event()
    event.add("uid", str(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(ZONE))
    event.add("dtend", entry.ends_at.astimezone(ZONE))
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("location", entry.place)
    organizer = vCalAddress(NOBODY)
    organizer.params["CN"] = vText(entry.organizer)
    event.add("organizer", organizer)
    if entry.url:
        event.add("url", entry.url)
    return event
