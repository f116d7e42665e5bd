"""Draws up a sample scenario list, as its editor, the owners of its demands and a reviewer do, to its publication."""

from collections.abc import Callable
from typing import Any, NamedTuple

Row = dict[str, Any]
REASON = "补充对接方式与支持政策，以列入年度清单"


class ListCall(NamedTuple):
    """A request to catalog by an organisation (its id). `about` tells it from others with the same path; `tag` is its
    If-Match."""

    who: str
    method: str
    path: str
    body: Row | None = None
    about: str = ""
    tag: str | None = None


def draw_up(call: Callable[[ListCall], Row], row: Row, demands: dict[str, Row]) -> None:
    """From the survey to the published edition.

    call     returns the body of the reply
    demands  the rows of those it lists, by id
    """
    editor, reviewer = row["editor"], row["reviewer"]
    terms = {name: row[name] for name in ("year", "batch", "title", "note")}
    path = f"/v1/lists/{call(ListCall(editor, 'POST', '/v1/lists', terms))['id']}"
    for entry in row["entries"]:
        name, owner = entry["demand"], demands[entry["demand"]]["owner"]
        demand_id = _completed(call, owner, demands[name]["title"], entry)
        wanted = {"demand_id": demand_id, "level": entry["level"]}
        proposal = call(ListCall(owner, "POST", f"{path}/proposals", wanted, name))
        call(ListCall(editor, "POST", f"/v1/proposals/{proposal['id']}/take", {}, name))
    for who, step in ((editor, "draft"), (editor, "submit"), (reviewer, "approve"), (editor, "publish")):
        call(ListCall(who, "POST", f"{path}/{step}"))


def _completed(call: Callable[[ListCall], Row], owner: str, title: str, entry: Row) -> str:
    """The id of a demand that says how to dock and by which policies; its owner amends one that an earlier release
    loaded, which does not."""
    own = call(ListCall(owner, "GET", "/v1/demands?mine=true&limit=200"))["items"]
    demand: Row = next(one for one in own if one["title"] == title)
    if not demand["docking"]:
        said = {name: entry[name] for name in ("docking", "policies")} | {"reason": REASON}
        path = f"/v1/demands/{demand['id']}/amend"
        call(ListCall(owner, "POST", path, said, entry["demand"], f'"{demand["version"]}"'))
    return str(demand["id"])
