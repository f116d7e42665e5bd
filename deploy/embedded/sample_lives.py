"""What the parties to a sample project, roadshow, pilot or transfer ask for, one request after the other.

Nothing is sent here: whoever drives it answers each request with the service's reply.
"""

import re
from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

Row = dict[str, Any]
BOTH = ("publisher", "enterprise")
PDF = b"%PDF-1.4\n% An invented file; there is nothing in it.\n%%EOF\n"
_DAYS = re.compile(r"(on )?\+(\d+) days")


class Asked(NamedTuple):
    """A request of a sample organisation, with a body of JSON or of a PDF; `tag` is its If-Match."""

    organisation: str
    roles: tuple[str, ...]
    method: str
    service: str
    path: str
    body: Row | bytes | None = None
    tag: str | None = None


class Samples(NamedTuple):
    """The other sample files by id, and the midnight before they were first loaded."""

    organisations: Mapping[str, Row]
    demands: Mapping[str, Row]
    dockings: Mapping[str, Row]
    began_at: datetime


Asking = Generator[Asked, Row, None]


def asked(life: Row, samples: Samples) -> Asking:
    """The requests of one line of lives.jsonl, as samples/README.md says what it means. Raises LookupError when a
    sample that it builds on is not there."""
    known: dict[str, Row] = {}
    for step in life["steps"]:
        if "look" in step:
            known[step["keep"]] = yield from _look(step["look"], samples)
            continue
        path = step["path"].format(**{name: row["id"] for name, row in known.items()})
        body = PDF if step.get("pdf") else _filled(step.get("body"), known, samples)
        tag = f'"{known[step["reads"]]["version"]}"' if "reads" in step else None
        method, service = step.get("method", "POST"), step.get("service", "catalog")
        reply = yield Asked(step["as"], tuple(step.get("roles", BOTH)), method, service, path, body, tag)
        # A step is named in its path; what is new has a name of its own.
        known[step.get("keep") or re.findall(r"{(\w+)}", step["path"])[0]] = reply


def _filled(value: Any, known: Mapping[str, Row], samples: Samples) -> Any:
    """A body with what stands for something put in."""
    match value:
        case dict():
            return {name: _filled(each, known, samples) for name, each in value.items()}
        case list():
            return [_filled(each, known, samples) for each in value]
        case str() if value.startswith("@organisations/"):
            row = samples.organisations[value.split("/")[1]]
            return {"scheme": row["scheme"], "code": row["code"]}
        case str() if value.startswith("@"):
            return known[value[1:]]["id"]
        case str() if found := _DAYS.fullmatch(value):
            moment = samples.began_at + timedelta(days=int(found[2]))
            return moment.date().isoformat() if found[1] else moment.isoformat()
    return value


def _look(name: str, samples: Samples) -> Generator[Asked, Row, Row]:
    """Another sample, as its service shows it to the owner of its demand."""
    file, slug = name.split("/")
    demand = samples.demands[slug] if file == "demands" else samples.demands[samples.dockings[slug]["demand"]]
    service, path, title = _LISTS[file]
    page = yield Asked(demand["owner"], BOTH, "GET", service, path)
    for one in page["items"]:
        if one[title] == demand["title"]:
            found: Row = one
            return found
    raise LookupError(name)


_LISTS = {
    "demands": ("catalog", "/v1/demands?mine=true&limit=200", "title"),
    "dockings": ("matcher", "/v1/dockings?limit=200", "demand_title"),
}
