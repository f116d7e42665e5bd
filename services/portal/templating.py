"""Templates: escaped by default, with the words of the visitor's language at hand."""

import json
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal import formats, lifecycles, statics, wording
from portal.spans import marked

if TYPE_CHECKING:
    from portal.visits import Visit

A_DAY_S = 86_400
FOLDER = Path(__file__).with_name("templates")
HTMX = json.dumps(
    {"includeIndicatorStyles": False, "allowEval": False, "historyCacheSize": 0, "selfRequestsOnly": True}
)
"""htmx adds no style and evaluates nothing: the policy of the pages would refuse it."""


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    made.filters |= {
        "date": formats.date,
        "date_time": formats.date_time,
        "wan": formats.wan,
        "division": formats.division,
        "last_day": formats.last_day,
        "marked": marked,
        "service_name": lambda service, t: t(f"service.{service}"),
        "days": lambda seconds, t: "" if seconds is None else t("figures.days", days=f"{seconds / A_DAY_S:.1f}"),
    }
    made.globals |= {"static": statics.address, "htmx": HTMX, "divisions": formats.divisions}
    return made


def rendered(visit: "Visit", template: str, given: Mapping[str, object]) -> str:
    return (
        environment()
        .get_template(template)
        .render(
            visit=visit,
            session=visit.session,
            t=visit.say,
            word=visit.say.word,
            days_left=lambda said: formats.days_left(said, visit.now),
            figure=lambda clause: wording.figure(visit.say, clause),
            place_of=lambda name: wording.place(visit.say, name.replace("-", "/")),
            counted=wording.counted,
            called=partial(lifecycles.called, visit.language),
            here=visit.request.url.path,
            **given,
        )
    )
