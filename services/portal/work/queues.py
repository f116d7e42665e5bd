"""What waits on a member's desks: rows of each noun, mine first, what is overdue before what is due."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from common.days import ZONE
from portal import formats, lifecycles
from portal.api import Call, Json
from portal.public.pages import MOST
from portal.visits import Visit, together
from portal.work import facts
from portal.work.nouns import WorkNoun, desks, nouns

ANY = "any"
LATEST = 20
"""Rows that wait for nobody, as far as they are shown."""
DOCKINGS = "dockings"
TALKERS = ("publisher", "enterprise", "investor", "broker")


class WorkRow(NamedTuple):
    """One thing on a desk.

    waited     who is waited for, in words; empty when nobody is
    due        the day by which, as it is written; empty when nobody set one
    is_mine    whether this member is waited for
    """

    title: str
    link: str
    state: str
    waited: str = ""
    due: str = ""
    is_mine: bool = False
    is_overdue: bool = False


class WorkQueue(NamedTuple):
    """One noun's part of a desk: what waits, and what waits for nobody any more."""

    noun: str
    title: str
    waiting: Sequence[WorkRow]
    settled: Sequence[WorkRow]


async def queues(visit: Visit) -> list[WorkQueue]:
    names = desks(visit.member)
    asked = [_queue(visit, nouns()[name], role) for name, role in names.items()]
    talks = [_dockings(visit)] if any(map(visit.member.has, TALKERS)) else []
    return list(await together(*talks, *asked))


async def _queue(visit: Visit, noun: WorkNoun, role: str) -> WorkQueue:
    found = await visit.items(noun.listing, Call(query={"limit": MOST, **noun.asked.get(role, {})}))
    mine = [each for each in found if noun.held(visit.member, each)]
    rows = [row_of(visit, noun, each) for each in mine]
    title = lifecycles.called(visit.language, noun.life)
    return WorkQueue(noun.name, title, _ordered(rows), [row for row in rows if not row.waited][:LATEST])


def _ordered(rows: Sequence[WorkRow]) -> list[WorkRow]:
    waiting = [row for row in rows if row.waited]
    return sorted(waiting, key=lambda row: (not row.is_mine, not row.is_overdue, row.due or "9999"))


def row_of(visit: Visit, noun: WorkNoun, record: Json) -> WorkRow:
    state = lifecycles.called(visit.language, noun.life, f"state.{record['state']}")
    row = WorkRow(facts.titled(visit.say, noun, record), f"{noun.link}/{record['id']}", state)
    wait = noun.waits.get(record["state"])
    if wait is None:
        return row
    due = record.get(wait.due) if wait.due else None
    is_mine = wait.party in noun.held(visit.member, record) or wait.party == ANY
    waited = visit.say("work.any") if wait.party == ANY else _party(visit, noun, wait.party)
    return row._replace(waited=waited, due=day(due), is_mine=is_mine, is_overdue=is_over(due, visit.now))


def _party(visit: Visit, noun: WorkNoun, party: str) -> str:
    return lifecycles.called(visit.language, noun.life, f"party.{party}")


def day(said: str | None) -> str:
    """Of a moment, the day in which or whose end it is; a day is itself."""
    return "" if said is None else said if len(said) == len("2026-12-31") else formats.last_day(said)


def is_over(said: str | None, now: datetime) -> bool:
    """Whether the day that `day` names is over in China."""
    return bool(said) and day(said) < f"{now.astimezone(ZONE):%Y-%m-%d}"


async def _dockings(visit: Visit) -> WorkQueue:
    """Those of the member's organisation, and those in which it acts for another by a mandate."""
    mandates = await visit.items("matcher.list_mandates", Call(query={"limit": MOST}))
    acting = [each["id"] for each in mandates if each["state"] == "active" and visit.member.owns(each["broker"])]
    pages = await together(
        *(
            visit.items("matcher.list_dockings", Call(query={"mandate_id": each, "limit": MOST}))
            for each in ("", *acting)
        )
    )
    rows = [row for mandate, page in zip(("", *acting), pages, strict=True) for row in _talks(visit, page, mandate)]
    title = lifecycles.called(visit.language, "matcher/dockings")
    return WorkQueue(DOCKINGS, title, _ordered(rows), [row for row in rows if not row.waited][:LATEST])


def _talks(visit: Visit, page: Sequence[Json], mandate: str) -> Iterator[WorkRow]:
    for one in page:
        title = f"{one['demand_title']} ↔ {one['enterprise_name']}"
        link = f"/dockings/{one['id']}" + (f"?mandate_id={mandate}" if mandate else "")
        row = WorkRow(title, link, visit.say.word("docking_state", one["state"]))
        if next := one["next"]:
            side = next["side"]
            waited = visit.say.word("side", side or ANY) + visit.say("word.colon") + next["title"]
            is_mine = side in (None, one["side"])
            row = row._replace(waited=waited, due=next["due_on"], is_mine=is_mine, is_overdue=next["is_overdue"])
        yield row
