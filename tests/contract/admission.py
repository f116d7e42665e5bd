"""Whom each route lets in: a service with nothing behind its routes, asked with a token of each role."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from common.auth import Principal, Verifier
from common.errors import Unavailable
from common.fields import OrganisationKey
from common.roles import Role
from tests.contract.documents import app_of, contract
from tests.contract.permissions import FROZEN

NOBODYS = UUID(int=7)
TOKENS: dict[str, frozenset[Role]] = {"none": frozenset(), **{role.value: frozenset({role}) for role in Role}}
"""By what each says: no role, or one."""
BEHIND = (
    *("database", "public", "attachments", "feed", "imported", "own_matches", "public_profiles", "desk", "terms"),
    "exposure",
)
"""What the apps keep behind their routes."""
REFUSED = {401, 403}
Admitted = frozenset[Role] | None
"""The roles that are let in; None: anyone, without a token too."""


class _Told(Verifier):
    """Takes a token for what it says; whether tokens are genuine is another test's affair."""

    def __init__(self) -> None:
        pass

    def remembered(self, token: str) -> None:
        """None: each is asked about."""

    async def principal(self, token: str) -> Principal:
        key = OrganisationKey(scheme="uscc", code="91370200264574251E")
        return Principal(subject="somebody", organisation=key, organisation_name="某单位", roles=TOKENS[token])


class _Away:
    """Stands where the database would be asked: who comes so far was let in."""

    def __getattr__(self, name: str) -> Any:
        raise Unavailable("The database does not answer", "数据库无响应")


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_let_in(self) -> bool:
        """Also when it is refused for what the request asks: then its detail names no role that is needed."""
        return self.status not in REFUSED or (self.status == 403 and b"The token n" not in self.body)


@cache
def alone(service: str) -> Any:
    """The app: no server, no database, no broker. Made once in a process, which takes a second."""
    app = app_of(service)
    app.state.verifier = _Told()
    for name in BEHIND:
        setattr(app.state, name, _Away())
    return app


async def reply_to(app: Any, method: str, path: str, token: str | None) -> Reply:
    """What it answers; a client of its own would take most of the time that this test has."""
    sent: list[Any] = []
    headers = [] if token is None else [(b"authorization", b"Bearer " + token.encode())]
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": method, "path": path}
    scope |= {"raw_path": path.encode(), "query_string": b"", "headers": headers, "scheme": "http"}
    scope |= {"server": None, "client": None, "root_path": ""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers_sent = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], headers_sent, b"".join(message.get("body", b"") for message in sent[1:]))


@cache
def routes(service: str) -> dict[str, tuple[str, str]]:
    """Method and an address of nobody's thing, by operation."""
    return {
        operation["operationId"]: (method.upper(), address(template))
        for template, methods in contract(service)["paths"].items()
        for method, operation in methods.items()
    }


def address(template: str) -> str:
    """An address of nobody's thing."""
    for name, value in (("scheme", "uscc"), ("code", "91370200264574251E"), ("name", "a.pdf")):
        template = template.replace(f"{{{name}}}", value)
    head, *rest = template.split("{")
    return head + "".join(f"{NOBODYS}{part.partition('}')[2]}" for part in rest)


def agreed(service: str) -> dict[str, Admitted]:
    """Whom each operation admits, as it was agreed on."""
    by_word: dict[str, Admitted] = {"anyone": None, "member": frozenset(Role)}
    rows = (line.split("\t") for line in (FROZEN / f"{service}.tsv").read_text().splitlines())
    return {
        operation: by_word[who] if who in by_word else frozenset(map(Role, who.split(", ")))
        for operation, who, _ in rows
    }


class Asked(NamedTuple):
    """An answer to one token, or to none, and what is wrong with it."""

    token: str | None
    is_let_in: bool
    fault: str | None


async def asked(service: str, operation: str, tokens: Iterable[str | None]) -> list[Asked]:
    """What a route answers to each of the tokens, held against what was agreed on."""
    method, path = routes(service)[operation]
    admitted = agreed_once(service)[operation]
    return [
        _judged(operation, admitted, token, await reply_to(alone(service), method, path, token)) for token in tokens
    ]


agreed_once = cache(agreed)


def _judged(operation: str, admitted: Admitted, token: str | None, reply: Reply) -> Asked:
    if token is None:
        is_right = (reply.status == 401) == (admitted is not None) and reply.status != 500
    else:
        may = admitted is None or bool(TOKENS[token] & admitted)
        is_right = reply.is_let_in == may and reply.status not in (401, 500)
    return Asked(token, reply.is_let_in, None if is_right else f"{operation} as {token}: {reply.status}")


def faults(answers: Iterable[Asked]) -> Iterator[str]:
    return (one.fault for one in answers if one.fault)
