"""Matcher and notify: an id of another tenant's is answered as an id of nobody's is, in every route that takes one."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import httpx
import pytest

from common.fields import OrganisationKey
from common.permissions.table import PermissionScope
from common.roles import Role
from deploy.embedded.tokens import TokenIssuer
from tests.attack import tenants
from tests.attack.extent import IS_FULL, extent, tell
from tests.attack.tenants import IdRoute, Ids
from tests.integration.catalog.solicited import code
from tests.integration.matcher import service_under_test as matcher
from tests.integration.notify import service_under_test as notify
from tests.integration.notify.matches import FIRM

STRANGER = OrganisationKey(scheme="uscc", code=code(77))
ORDINARY = (Role.PUBLISHER, Role.ENTERPRISE, Role.INVESTOR, Role.BROKER, Role.EVALUATOR)
PRIVATE = frozenset(
    {PermissionScope.OWN, PermissionScope.PARTY, PermissionScope.PARTY_OR_AUDITOR, PermissionScope.LINK}
)
CHANGES = frozenset({"date", "x-correlation-id", "x-request-id", "ratelimit", "ratelimit-remaining", "ratelimit-reset"})
"""Headers that are another for each reply."""
NOBODYS = "00000000-0000-7000-8000-000000000007"
SEEN_BY_ALL = frozenset({"profile_id", "demand_id", "objection_id"})
"""What everyone may read: that it is there is no secret, and who is nothing to it is refused, 403 or 404."""
SLOWER, NOISE_S = 4.0, 0.02


class Probing:
    """A stranger asks for each thing of somebody's, and for the same of nobody's."""

    def __init__(self, client: httpx.AsyncClient, issuer: TokenIssuer, ids: Ids) -> None:
        self._client, self._issuer, self._ids = client, issuer, ids
        self._nobodys = dict.fromkeys(ids, NOBODYS)
        self.tried, self.wrong = Counter[str](), list[str]()

    def token(self, who: OrganisationKey, *roles: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._issuer.mint(who.scheme, who.code, '局外单位（示例）', list(roles))}"}

    async def probe(self, route: IdRoute) -> None:
        if route.row.scope not in PRIVATE:
            return
        roles = [role for role in ORDINARY if route.row.admits({role})]
        for role in roles[: extent(1, len(ORDINARY))]:
            token = self.token(STRANGER, role)
            theirs = await tenants.send(self._client, route, self._ids, token)
            nobodys = await tenants.send(self._client, route, self._nobodys, token)
            self.tried[f"answered {theirs.status_code}"] += 1
            self.wrong += self._told(route, role, theirs, nobodys)

    def _told(self, route: IdRoute, role: Role, theirs: httpx.Response, nobodys: httpx.Response) -> list[str]:
        where = f"{route.operation} as {role}"
        is_seen = any(f"{{{name}}}" in route.template for name in SEEN_BY_ALL)
        if is_seen:
            return [] if theirs.status_code in (403, 404) else [f"{where}: {theirs.status_code} {theirs.text[:200]}"]
        if route.row.scope is not PermissionScope.LINK and theirs.status_code != 404:
            return [f"{where}: {theirs.status_code} {theirs.text[:200]}"]
        told = [_of(reply, ids) for reply, ids in ((theirs, self._ids), (nobodys, self._nobodys))]
        return [] if told[0] == told[1] else [f"{where}: {told[0]}, of nobody's {told[1]}"]

    async def allow(self, route: IdRoute, parties: Iterable[OrganisationKey]) -> None:
        """What may be read is read by one whom it concerns: it is the stranger that is refused, not the request."""
        if route.method != "GET" or route.row.scope not in PRIVATE - {PermissionScope.LINK}:
            return
        tokens = [self.token(who, *ORDINARY) for who in parties]
        replies = [await tenants.send(self._client, route, self._ids, token) for token in tokens]
        self.tried["read by a party"] += 1
        if not any(reply.is_success for reply in replies):
            self.wrong.append(f"{route.operation}: no party reads it, {[reply.status_code for reply in replies]}")

    async def time(self, route: IdRoute, times: int) -> None:
        """The quickest of several of each, taken in turns: what else the machine does makes requests slower only."""
        if route.row.scope not in PRIVATE or not (roles := [role for role in ORDINARY if route.row.admits({role})]):
            return
        token, quickest = self.token(STRANGER, roles[0]), [float("inf")] * 2
        for _ in range(times):
            for at, ids in enumerate((self._ids, self._nobodys)):
                began = time.perf_counter()
                await tenants.send(self._client, route, ids, token)
                quickest[at] = min(quickest[at], time.perf_counter() - began)
        self.tried["timed"] += 1
        if max(quickest) > SLOWER * min(quickest) + NOISE_S:
            self.wrong.append(f"{route.operation}: {quickest[0]:.4f} s, of nobody's {quickest[1]:.4f} s")


def _of(reply: httpx.Response, ids: Ids) -> tuple[object, ...]:
    """All that a reply tells but which id was asked for."""
    text = reply.text
    for name, value in ids.items():
        text = text.replace(value, f"{{{name}}}" if ids[name] != NOBODYS else "{}")
    for name in ids:
        text = text.replace(f"{{{name}}}", "{}")
    headers = {name: value for name, value in reply.headers.items() if name not in CHANGES}
    return reply.status_code, headers, text


async def probed(probing: Probing, routes: Sequence[IdRoute], parties: Iterable[OrganisationKey]) -> None:
    """Strangers first, of whom nothing may change what parties read after."""
    for route in routes:
        await probing.probe(route)
    for route in routes if IS_FULL else ():
        await probing.time(route, times=20)
    for route in routes:
        await probing.allow(route, parties)
    assert probing.wrong == [], "\n".join(probing.wrong)


async def test_an_id_of_another_tenant_of_the_matcher_is_nobodys(
    database_of: Callable[[str], str], issuer: TokenIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    unlimited = matcher.settings_for(database_of("matcher"), issuer, rate_per_organisation=0)
    async with matcher.opened(unlimited, issuer) as house:
        probing = Probing(house.client, issuer, await tenants.things_of_matcher(house))
        transport = house.client._transport
        assert isinstance(transport, httpx.ASGITransport)
        routes = list(tenants.id_routes("matcher", transport.app))  # type: ignore[arg-type]
        await probed(probing, routes, tenants.PARTIES_OF_MATCHER)
    tell(capsys, f"matcher, ids of another tenant in {len(routes)} routes", probing.tried)


async def test_an_id_of_another_tenant_of_notify_is_nobodys(
    database_of: Callable[[str], str], issuer: TokenIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    given_to = notify.settings_for(database_of("notify"), "nats://127.0.0.1:9", issuer.settings)
    async with notify.opened(given_to.model_copy(update={"rate_per_organisation": 0}), issuer) as world:
        probing = Probing(world.client, issuer, await tenants.things_of_notify(world))
        transport = world.client._transport
        assert isinstance(transport, httpx.ASGITransport)
        routes = list(tenants.id_routes("notify", transport.app))  # type: ignore[arg-type]
        await probed(probing, routes, [FIRM])
    tell(capsys, f"notify, ids of another tenant in {len(routes)} routes", probing.tried)
