"""The page on which somebody chooses a sample organisation and what to be there, and what its form says."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from common.roles import Role
from deploy.embedded import sample_data, token_command
from deploy.embedded.errors import Refused
from deploy.embedded.issuer.codes import Chosen

FOLDER = Path(__file__).parent
PERSONS = ("", "colleague")
"""Of each organisation: what one has written, the other may stand for."""


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html")


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = json.loads((FOLDER / "words.json").read_text(encoding="utf-8"))
    return words


def page(given: Mapping[str, str], language: str, fault: str = "") -> str:
    """The page in `language` (zh, en); `given` are the parameters that it was asked for with."""
    return _template().render(
        words=_words()[language],
        language=language,
        given=given,
        fault=fault,
        groups=_groups(),
        roles=list(Role),
        persons=PERSONS,
    )


def chosen(form: Mapping[str, str]) -> Chosen:
    """What the form says. Raises Refused when it names nobody, or a role or person that there is not."""
    role, person = form.get("role", ""), form.get("person", "")
    if role not in set(Role):
        raise Refused(f"role: one of {', '.join(Role)}")
    if person not in PERSONS:
        raise Refused(f"person: empty, or {PERSONS[-1]}")
    if slug := form.get("organisation"):
        known = sample_data.by_id("organisations")
        if slug not in known:
            raise Refused(f"organisation: no sample is called {slug}")
        row = known[slug]
        return Chosen(row["scheme"], row["code"], row["name"], (role,), person)
    key = token_command.checked(form.get("scheme", ""), form.get("code", "").strip())
    return Chosen(key.scheme, key.code, form.get("name", "").strip() or key.code, (role,), person)


def _groups() -> dict[str, list[sample_data.Row]]:
    """The samples: who publishes demands, and who offers something."""
    offering = {row["organisation"] for row in sample_data.rows("offers")}
    rows = sample_data.rows("organisations")
    return {
        "enterprise": [row for row in rows if row["id"] in offering],
        "publisher": [row for row in rows if row["id"] not in offering],
    }
