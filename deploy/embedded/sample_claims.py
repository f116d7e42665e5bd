"""Has a sample solution called for, selected and adopted, and claims a subsidy for it, as its parties would."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
Send = Callable[..., Row]
"""As a side, a method and a path of catalog, with a body, and what makes the request another one; returns the reply."""

OWNER, FIRM, EXPERT, BUREAU, OFFICER = "owner", "firm", "expert", "bureau", "officer"
OPEN_FOR, POLL_S, CLOSED_WITHIN_S = timedelta(seconds=8), 0.3, 120.0
"""A call takes solutions until its deadline, which nobody can bring forward: so long a load waits."""
DECIDED_AFTER = timedelta(days=30)


class StillOpen(Exception):
    """The clock has not closed a call whose deadline has passed."""


def answer(send: Send, row: Row, title: str, expert: Row) -> tuple[str, str]:
    """Call for solutions to the demand of this title, answer and name who evaluates; the ids of the call and of the
    solution. A call that a load before left without any is cancelled, and another opened. Raises LookupError.

    expert  an organisation, by scheme and code, whose token evaluates
    """
    demand = _titled(send(OWNER, "GET", "/v1/demands?mine=true&limit=200"), title)["id"]
    present = send(OWNER, "GET", f"/v1/solicitations?demand_id={demand}")["items"]
    call = next((one for one in present if one["state"] != "cancelled"), None) or _open(send, row, demand)
    path = f"/v1/solicitations/{call['id']}"
    solutions = send(FIRM, "GET", f"{path}/solutions")["items"]
    if not solutions and call["state"] != "open":
        send(OWNER, "POST", f"{path}/cancel", {"reason": "示例未及应答即已截止，重新征集"})
        return answer(send, row, title, expert)
    solution = solutions[0] if solutions else send(FIRM, "POST", f"{path}/solutions", row["solution"])
    send(OWNER, "POST", f"{path}/appoint", {"evaluators": [_named(expert)]})
    return call["id"], solution["id"]


def claim(send: Send, row: Row, titles: tuple[str, str], expert: Row) -> None:
    """Evaluate what was answered, adopt it, then file, verify and publicise. Raises StillOpen, and LookupError when a
    sample that it builds on is not there.

    titles  of the demand, and of the subsidy scheme
    """
    call, solution = answer(send, row, titles[0], expert)
    scheme = _titled(send(BUREAU, "GET", "/v1/subsidy-schemes?limit=200"), titles[1])
    path = f"/v1/solicitations/{call}"
    _await_closing(send, path)
    _evaluate(send, path, solution)
    demand = send(OWNER, "GET", path)["demand_id"]
    for step in ("validate", "adopt"):
        send(OWNER, "POST", f"/v1/demands/{demand}/{step}")
    claimed = {"scheme_id": scheme["id"], "solution_id": solution, **row["claim"]}
    filed = send(FIRM, "POST", "/v1/subsidy-claims", claimed)
    for step in ("verify", "publicise"):
        send(OFFICER, "POST", f"/v1/subsidy-claims/{filed['id']}/{step}")


def _named(expert: Row) -> Row:
    key = {"scheme": expert["scheme"], "code": expert["code"]}
    return {"organisation": key, "subject": ":".join(key.values()), "name": "评审人（示例）"}


def _open(send: Send, row: Row, demand_id: str) -> Row:
    closes_at = datetime.now(UTC) + OPEN_FOR
    dates = {"closes_at": closes_at.isoformat(), "decide_by": (closes_at + DECIDED_AFTER).isoformat()}
    terms = {"demand_id": demand_id, "scores_needed": 1, **row["call"], **dates}
    return send(OWNER, "POST", "/v1/solicitations", terms, closes_at.isoformat())


def _await_closing(send: Send, path: str) -> None:
    deadline = time.monotonic() + CLOSED_WITHIN_S
    while send(OWNER, "GET", path)["state"] == "open":
        if time.monotonic() >= deadline:
            raise StillOpen(path)
        time.sleep(POLL_S)


def _evaluate(send: Send, path: str, solution: str) -> None:
    """Declare, examine, score, shortlist, select, and publish the result."""
    chosen = {"chosen": [solution]}
    send(EXPERT, "POST", f"{path}/declare", {"has_conflict": False})
    send(OWNER, "POST", f"{path}/screen")
    send(OWNER, "POST", f"/v1/solutions/{solution}/examine", {"is_complete": True})
    criteria = send(EXPERT, "GET", path)["criteria"]
    points = {one["name"]: 88 for one in criteria}
    if send(OWNER, "GET", path)["state"] == "screening":
        send(EXPERT, "PUT", f"/v1/solutions/{solution}/score", {"points": points})
    for step, body in (("shortlist", chosen), ("select", chosen), ("conclude", None)):
        send(OWNER, "POST", f"{path}/{step}", body)


def _titled(page: Row, title: str) -> Row:
    for one in page["items"]:
        if one["title"] == title:
            found: Row = one
            return found
    raise LookupError(title)
