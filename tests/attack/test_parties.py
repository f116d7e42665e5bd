"""Who is what to the things of others: every row of every noun, in every state, for every organisation and role."""

from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select

import catalog
from catalog.records.records import Records
from common.auth import Principal
from common.fields import OrganisationKey
from common.roles import Role
from tests.attack.city import City
from tests.attack.extent import tell
from tests.attack.test_tenancy import ORDINARY
from tests.integration.catalog.service_under_test import CatalogUnderTest
from tests.integration.catalog.solicited import Solicited, answer, code, key

AGREED = Path(__file__).parents[1] / "data" / "permissions" / "parties.tsv"
STRANGER = OrganisationKey(scheme="uscc", code=code(77))
NOBODY = "nobody"
KEY_FIELDS = {"scheme", "code"}
Part = tuple[str, str, str]
"""A noun, what an organisation is in a row of it, and a role; without one, what every role of it is."""


def records() -> dict[str, Records[Any]]:
    """Of every noun that has them, by its package."""
    found: dict[str, Records[Any]] = {}
    for folder in sorted(Path(catalog.__path__[0]).iterdir()):
        if (folder / "service.py").exists():
            for each in vars(import_module(f"catalog.{folder.name}.service")).values():
                if isinstance(each, Records) and each.model.__module__ == f"catalog.{folder.name}.models":
                    found[folder.name] = each
    return found


def named(row: Any, depth: int = 1) -> Iterator[tuple[str, OrganisationKey]]:
    """The organisations that a row names, or a row that it belongs to, by where."""
    properties = [name for name in dir(type(row)) if isinstance(getattr(type(row), name), property)]
    for name, value in ({name: getattr(row, name) for name in properties} | vars(row)).items():
        yield from ((name, one) for one in _keys(value))
    for related in inspect(type(row)).relationships if depth else ():
        other = None if related.uselist or related.key == "owner" else getattr(row, related.key)
        yield from ((f"{related.key}.{name}", one) for name, one in (named(other, depth - 1) if other else ()))


def _keys(value: Any) -> Iterator[OrganisationKey]:
    if isinstance(value, OrganisationKey):
        yield value
    elif isinstance(value, list) and value and isinstance(value[0], dict) and value[0].keys() == KEY_FIELDS:
        yield from map(OrganisationKey.model_validate, value)


def caller(organisation: OrganisationKey, *roles: Role) -> Principal:
    return Principal(subject="somebody", organisation=organisation, organisation_name="某单位", roles=frozenset(roles))


async def parts(city: City) -> tuple[dict[Part, frozenset[str]], int]:
    """All that anybody is, and how many cases that took. Raises AssertionError where it depends on a row's state."""
    found: dict[Part, frozenset[str]] = {}
    cases = 0
    async with city.catalog.database.begin() as session:
        for noun, of_noun in records().items():
            for row in (await session.scalars(select(of_noun.model))).unique().all():
                session.expunge(row)
                for part, parties in _of_row(noun, of_noun, row):
                    cases += len(of_noun.life.states)
                    found[part] = found.get(part, frozenset()) | parties
    return found, cases


def _of_row(noun: str, of_noun: Records[Any], row: Any) -> Iterator[tuple[Part, frozenset[str]]]:
    by_organisation: dict[OrganisationKey, list[str]] = defaultdict(list, {STRANGER: [NOBODY]})
    for place, organisation in named(row):
        by_organisation[organisation].append(place)
    for organisation, places in by_organisation.items():
        for roles in ((), *((role,) for role in Role)):
            part = noun, " and ".join(sorted(places)), "".join(roles)
            yield part, _in_each_state(of_noun, row, caller(organisation, *roles))


def _in_each_state(of_noun: Records[Any], row: Any, who: Principal) -> frozenset[str]:
    """What somebody is, which says in each state what they may do; a stranger sees what everyone sees."""
    parties = set()
    for state in of_noun.life.states:
        row.state = state
        here = of_noun.parties(row, who)
        parties.add(frozenset(map(str, here)))
        if not here:
            assert of_noun.life.allowed(state, here) == ()
            assert of_noun.is_visible(row, caller(STRANGER)) in (False, of_noun.text(row) is not None)
    return frozenset[str]().union(*parties)


def listing(found: dict[Part, frozenset[str]]) -> list[str]:
    """A line for each, but for roles that make no difference."""
    return [
        "\t".join((noun, place, role or "any role", ", ".join(sorted(parties)) or "nothing"))
        for (noun, place, role), parties in sorted(found.items())
        if (not role and (parties or place == NOBODY)) or (role and parties != found[noun, place, ""])
    ]


async def test_everybody_is_to_a_thing_what_was_agreed_on(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    found, cases = await parts(city)
    agreed, present = AGREED.read_text().splitlines(), listing(found)
    told = [*(f"+ {line}" for line in present if line not in agreed)]
    told += [f"- {line}" for line in agreed if line not in present]
    assert told == [], "if this is meant, change tests/data/permissions/parties.tsv so:\n" + "\n".join(told)
    assert {noun for noun, _, _ in found} == records().keys(), "something of each noun is in the city"
    tell(capsys, "parties", {"nouns": len(records()), "cases of row, organisation, role and state": cases})


async def test_whoever_is_no_party_is_nothing_by_an_ordinary_role(city: City) -> None:
    """But for the candidate that any enterprise is to an award."""
    found, _ = await parts(city)
    able = {part: parties for part, parties in found.items() if part[1] == NOBODY and part[2] in ("", *ORDINARY)}
    assert {part: parties for part, parties in able.items() if parties} == {
        ("awards", NOBODY, Role.ENTERPRISE.value): {"candidate"}
    }


async def test_a_former_member_of_a_consortium_is_a_stranger(catalog: CatalogUnderTest) -> None:
    """As a member is: whoever submitted speaks for all."""
    solicited = Solicited(catalog)
    await solicited.open()
    member = [{"organisation": key(code(2)), "name": "乙公司（示例）", "role": "现场实施"}]
    where = await solicited.submit(solicited.firm, members=member)
    refused = [await _all_of(catalog, where, solicited)]
    replaced = await catalog.put(where, answer(), as_=solicited.firm, if_match='"1"')
    assert replaced.is_success, replaced.text
    refused.append(await _all_of(catalog, where, solicited))
    await solicited.close()
    refused.append(await _all_of(catalog, where, solicited))
    assert refused == [[404] * 5] * 3


async def _all_of(catalog: CatalogUnderTest, where: str, solicited: Solicited) -> list[int]:
    as_ = solicited.partner
    replies = [await catalog.get(f"{where}{part}", as_=as_) for part in ("", "/versions")]
    replies.append(await catalog.put(where, answer(), as_=as_, if_match='"1"'))
    replies.append(await catalog.post(f"{where}/withdraw", as_=as_))
    replies.append(await catalog.post(f"{where}/examine", {"is_complete": True}, as_=as_))
    return [reply.status_code for reply in replies]
