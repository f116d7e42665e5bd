"""One service's HTTP API, in one organisation's name."""

import time
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from matcher.json_lines import Object as Body
from matcher.loading.rows import CannotLoad, Party

TRIES = 30
LONGEST_REST_S = 5.0


@dataclass(frozen=True)
class RowFault:
    """One thing that a service refused: the path to it in the body, and what would be right."""

    path: tuple[str, ...]
    detail: str


class RowRefused(Exception):
    """A service took the request and said no."""

    def __init__(self, faults: list[RowFault]) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = faults


class Door:
    def __init__(self, url: str, token: str) -> None:
        self._url = url
        # trust_env: a proxy of this machine has no business with the addresses of a deployment's own services.
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def post(self, path: str, body: Body | None, *, key: str) -> Body:
        """Raises Refused for what is wrong with the body, CannotLoad for what no other row would survive either."""
        for _ in range(TRIES):
            try:
                reply = self._client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx.HTTPError as error:
                raise CannotLoad(f"{self._url} does not answer: {type(error).__name__}") from error
            if reply.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return _content(reply, self._url + path)
            time.sleep(min(float(reply.headers.get("Retry-After", "1")), LONGEST_REST_S))
        raise CannotLoad(f"{self._url} stays unavailable: {_told(reply)}")


def party_of(token: str) -> Party:
    """Who a token says it speaks for. Not verified: that is for the services; this is to tell a person."""
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        return Party(claims["org_scheme"], claims["org_code"], claims["org_name"])
    except (jwt.PyJWTError, KeyError):
        return Party()


def _content(reply: httpx.Response, where: str) -> Body:
    if reply.is_success:
        content: Body = reply.json()
        return content
    if reply.status_code in (httpx.codes.UNPROCESSABLE_ENTITY, httpx.codes.CONFLICT):  # 409: an unfair clause, say
        raise RowRefused(_faults(reply))
    raise CannotLoad(f"{where} answers {reply.status_code}: {_told(reply)}")


def _faults(reply: httpx.Response) -> list[RowFault]:
    problem = reply.json()
    named = [
        RowFault(tuple(str(error.get("pointer") or "#").split("/")[1:]), error["detail"])
        for error in problem.get("errors", [])
    ]
    return named or [RowFault((), str(problem["detail"]))]


def _told(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return reply.text[:200]
