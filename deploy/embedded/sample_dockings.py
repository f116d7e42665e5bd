"""Leads sample matches through a docking, as their two sides would: to a meeting, or to an agreement."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]
Call = Callable[[str, str, str, Row | None], Row]
"""As a side, a method and a path of the matcher, with a body; returns the reply's."""

MATCHED_WITHIN_S, POLL_S = 120.0, 0.5
MEETS_AFTER = timedelta(days=14, hours=2)
"""From the midnight before the first load, UTC: ten in the morning in China."""
OWNER, FIRM = "owner", "firm"


class Unmatched(Exception):
    """The two samples are no match yet."""


def dock(call: Call, row: Row, titles: tuple[str, str], began_at: datetime) -> None:
    """Open a docking for the firm, fix a meeting and, if the row says so, agree. Raises Unmatched.

    titles  of the demand and of the offer, by which their match is found
    """
    match = match_of(call, titles)
    docking = call(FIRM, "POST", "/v1/dockings", {"match_id": match["id"], "message": row["message"]})
    path = f"/v1/dockings/{docking['id']}"
    body = {"docking_ids": [docking["id"]], "slots": [_slot(row, began_at, days) for days in (0, 1)]}
    first, _ = call(OWNER, "POST", "/v1/slots", body)["slots"]
    call(FIRM, "POST", f"{path}/slots/{first['id']}/take", None)
    if row["until"] == "agreed":
        for side, name in ((OWNER, "示例联系人（需求方）"), (FIRM, "示例联系人（供给方）")):
            call(side, "POST", f"{path}/agree", {"contact": {"name": name, "phone": "0532-00000000"}})


def _slot(row: Row, began_at: datetime, days: int) -> Row:
    start = began_at + MEETS_AFTER + timedelta(days=days)
    return {
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=1)).isoformat(),
        "place": row["place"],
    }


def match_of(call: Call, titles: tuple[str, str]) -> Row:
    """The firm's current match of a demand and an offer with these titles. Raises Unmatched."""
    deadline = time.monotonic() + MATCHED_WITHIN_S
    while True:
        for match in call(FIRM, "GET", "/v1/matches?limit=200&is_current=true", None)["items"]:
            if (match["demand_title"], match["profile_headline"]) == titles:
                found: Row = match
                return found
        if time.monotonic() >= deadline:
            raise Unmatched(" ↔ ".join(titles))
        time.sleep(POLL_S)
