"""Only a token this deployment trusts, valid now and with the right role, opens a door."""

import base64
import json
import time

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.embedded.tokens import TokenIssuer
from tests.integration.common import service_under_test as ledger


async def _answer(client: httpx.AsyncClient, authorization: str) -> tuple[int, str]:
    reply = await client.post("/notes", json={"line": "a"}, headers={"Authorization": authorization})
    return reply.status_code, reply.json()["type"]


def _unsigned(token: str) -> str:
    _, claims, _ = token.split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    return f"{header}.{claims}."


@pytest.mark.parametrize("authorization", ["", "Basic YTpi", "Bearer", "Bearer x.y.z", "Bearer " + "a" * 9000])
async def test_a_call_without_a_usable_token_is_refused(client: httpx.AsyncClient, authorization: str) -> None:
    assert await _answer(client, authorization) == (401, "/problems/unauthenticated")


async def test_an_unsigned_or_foreign_token_is_refused(client: httpx.AsyncClient, issuer: TokenIssuer) -> None:
    good = ledger.token(issuer)["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(good, options={"verify_signature": False})
    header = jwt.get_unverified_header(good)
    forged = jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": header["kid"]})
    for token in (_unsigned(good), forged):
        assert await _answer(client, f"Bearer {token}") == (401, "/problems/unauthenticated")


@pytest.mark.parametrize("claims", [{"issuer": "somebody-else"}, {"audience": "another-platform"}])
async def test_a_token_made_by_or_for_somebody_else_is_refused(
    client: httpx.AsyncClient, issuer: TokenIssuer, claims: dict[str, str]
) -> None:
    with_the_same_key = TokenIssuer(issuer.jwks.parent, **claims)
    assert await _answer(client, ledger.token(with_the_same_key)["Authorization"]) == (401, "/problems/unauthenticated")


async def test_who_is_refused_for_want_of_a_token_is_told_which_kind(client: httpx.AsyncClient) -> None:
    reply = await client.post("/notes", json={"line": "a"}, headers={"Authorization": ""})
    assert reply.headers["www-authenticate"] == "Bearer"


async def test_an_expired_token_is_refused(client: httpx.AsyncClient, issuer: TokenIssuer) -> None:
    token = issuer.mint("uscc", "91370200264574251E", "示例单位", ["publisher"], lifetime_s=-3600)
    assert jwt.decode(token, options={"verify_signature": False})["exp"] < time.time()
    assert await _answer(client, f"Bearer {token}") == (401, "/problems/unauthenticated")


async def test_a_token_without_the_role_is_refused(client: httpx.AsyncClient, issuer: TokenIssuer) -> None:
    authorization = ledger.token(issuer, "publisher")["Authorization"]
    assert await _answer(client, authorization) == (403, "/problems/forbidden")


async def test_unreadable_keys_are_an_outage_not_a_refusal(
    client: httpx.AsyncClient, app: object, tmp_path: object
) -> None:
    app.state.verifier._settings = app.state.verifier._settings.model_copy(update={"jwks": f"{tmp_path}/none"})  # type: ignore[attr-defined]
    app.state.verifier._local = None  # type: ignore[attr-defined]
    assert await _answer(client, client.headers["Authorization"]) == (503, "/problems/unavailable")
