"""A catalog in which everything has happened once, and all that was asked for on the way, to be asked for by others."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

from common.operations import Operation, operations
from tests.integration.catalog.listed import Listed
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers
from tests.integration.catalog.solicited import Solicited, decision
from tests.integration.catalog.subsidised import Subsidised
from tests.integration.catalog.test_sample_lives import LIVES, Play
from tests.integration.catalog.validated import Case

DRAFT: dict[str, Any] = {"title": "未公开草稿甲", "contact": {"name": "保密联系人", "phone": "0532-87650000"}}
CALLERS_OWN = ("authorization", "idempotency-key", "host", "content-length", "accept-encoding", "connection")
"""Headers that belong to who asked, and not to what they asked for."""
Parameters = tuple[tuple[str, str], ...]


class Asked(NamedTuple):
    """A request that changed something."""

    operation: str
    template: str
    method: str
    path: str
    headers: Headers
    content: bytes
    token: str


@dataclass
class Past:
    """What was asked for, in order, and the addresses of what there is since."""

    asked: list[Asked] = field(default_factory=list)
    seen: dict[Parameters, None] = field(default_factory=dict)


class City:
    """Its catalog, the changes that led to it, and what there is, by the parameters of addresses."""

    def __init__(self, catalog: CatalogUnderTest, past: Past) -> None:
        transport: Any = catalog.http._transport
        self.catalog, self.app, self._past = catalog, transport.app, past
        self.operations = operations(self.app)
        self.names = {
            (method.upper(), template): str(operation["operationId"])
            for template, methods in self.app.openapi()["paths"].items()
            for method, operation in methods.items()
        }
        self.after: Callable[[Asked, httpx.Response], Awaitable[None]] | None = None
        """What is done after each change while it is built."""

    @property
    def asked(self) -> list[Asked]:
        return self._past.asked

    async def note(self, reply: httpx.Response) -> None:
        """An httpx event hook: keeps what was asked, and the address of what it made."""
        request = reply.request
        if not reply.is_success:
            return
        for path in (request.url.path, reply.headers.get("location", "")):
            for operation in self.operations:
                if "{" in operation.template and operation.is_at(path):
                    self._past.seen[parameters(operation.template, path)] = None
        if request.method != "GET" and (asked_for := self._of(request.method, request.url.path)):
            headers = {name: value for name, value in request.headers.items() if name not in CALLERS_OWN}
            name, token = self.names[request.method, asked_for.template], request.headers.get("authorization", "")
            asked = Asked(name, asked_for.template, request.method, request.url.path, headers, request.content, token)
            self.asked.append(asked)
            if self.after is not None:
                await reply.aread()
                await self.after(asked, reply)

    def _of(self, method: str, path: str) -> Operation | None:
        fitting = [each for each in self.operations if each.method == method and each.is_at(path)]
        return min(fitting, key=lambda each: each.template.count("{"), default=None)

    def addresses(self, template: str, most: int) -> Iterator[str]:
        """Those of what there is, the newest first, `most` of them."""
        wanted = [name for name, _ in parameters(template, template)]
        found: dict[str, None] = {}
        for seen in reversed(self._past.seen):
            known = dict(seen)
            if all(name in known for name in wanted):
                path = template
                for name in wanted:
                    path = path.replace(f"{{{name}}}", known[name])
                found[path] = None
        yield from list(found)[:most]


def parameters(template: str, path: str) -> Parameters:
    """The names of a template's parameters with what a path has in their places."""
    pairs = zip(template.split("/"), path.split("/"), strict=True)
    return tuple((wanted[1:-1], given) for wanted, given in pairs if wanted.startswith("{") and wanted.endswith("}"))


async def build(city: City) -> None:
    """Some two seconds."""
    catalog = city.catalog
    catalog.http.event_hooks["response"].append(city.note)
    play = Play(catalog)
    for life in LIVES.values():
        await play.prepare(life)
        await play.through(life)
    await _decided(Solicited(catalog))
    subsidised = Subsidised(catalog)
    solution, _ = await subsidised.adopted()
    await subsidised.filed(await subsidised.scheme(), solution)
    listed = Listed(catalog)
    await listed.begin()
    demand = await listed.demand("港口设备预测性维护")
    proposed = await listed.propose(demand, as_=catalog.port)
    await catalog.took(f"{proposed.headers['location']}/decline", {"reason": "已单独列入"}, as_=listed.editor)
    await listed.frozen(demand)
    await Case(catalog).accepted()
    await catalog.a_draft(**DRAFT)
    await catalog.a_submitted_demand(title="已提交甲")
    asked = await catalog.a_published_demand(title="尚未答复的需求")
    question = {"text": "是否提供现场电源？（尚未答复）"}
    assert (await catalog.post(f"{asked}/questions", question, as_=catalog.rival)).is_success
    catalog.http.event_hooks["response"].remove(city.note)


async def _decided(solicited: Solicited) -> None:
    first, second = await solicited.scored()
    await solicited.done("shortlist", decision([first], second))
