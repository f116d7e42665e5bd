"""Only a token this deployment trusts, valid now and with the right role, opens a door."""

import base64
import json
import os
import time
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from common import auth
from common.auth import Verifier
from common.errors import Unauthenticated
from common.settings import ServiceSettings
from common.tokens import LEEWAY_S
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
    client: httpx.AsyncClient, app: FastAPI, settings: ServiceSettings, tmp_path: Path
) -> None:
    app.state.verifier = Verifier(settings.platform.model_copy(update={"jwks": f"{tmp_path}/none"}))
    assert await _answer(client, client.headers["Authorization"]) == (503, "/problems/unavailable")


async def test_a_token_seen_before_is_refused_once_it_has_expired(
    issuer: TokenIssuer, settings: ServiceSettings
) -> None:
    moments = [time.time()]
    verifier = Verifier(settings.platform, seconds=lambda: moments[-1])
    token = ledger.token(issuer)["Authorization"].removeprefix("Bearer ")
    await seen(verifier, token)
    moments.append(float(jwt.decode(token, options={"verify_signature": False})["exp"]) + LEEWAY_S + 1)
    assert verifier.remembered(token) is None


async def test_a_token_seen_before_is_refused_once_its_key_is_withdrawn(
    issuer: TokenIssuer, settings: ServiceSettings, tmp_path: Path
) -> None:
    keys = tmp_path / "jwks.json"
    keys.write_text(issuer.jwks.read_text())
    verifier = Verifier(settings.platform.model_copy(update={"jwks": str(keys)}))
    token = ledger.token(issuer)["Authorization"].removeprefix("Bearer ")
    await seen(verifier, token)
    other = TokenIssuer(tmp_path / "other")
    keys.write_text(other.jwks.read_text())
    os.utime(keys, ns=(0, keys.stat().st_mtime_ns + 1_000_000_000))
    with pytest.raises(Unauthenticated):
        await verifier.principal(token)


async def test_only_so_many_tokens_are_remembered(
    issuer: TokenIssuer, settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "MOST_REMEMBERED", 2)
    verifier = Verifier(settings.platform)
    tokens = [ledger.token(issuer)["Authorization"].removeprefix("Bearer ") for _ in range(3)]
    for token in tokens:
        await seen(verifier, token)
    assert [verifier.remembered(token) is None for token in tokens] == [True, False, False]


async def test_a_forged_token_is_not_taken_for_the_one_it_resembles(
    issuer: TokenIssuer, settings: ServiceSettings
) -> None:
    verifier = Verifier(settings.platform)
    token = ledger.token(issuer)["Authorization"].removeprefix("Bearer ")
    await seen(verifier, token)
    head, claims, signature = token.split(".")
    with pytest.raises(Unauthenticated):
        await verifier.principal(f"{head}.{claims}.{signature[::-1]}")


async def seen(verifier: Verifier, token: str) -> None:
    """Have a token checked until it is remembered."""
    await verifier.principal(token)
    await verifier.principal(token)
    assert verifier.remembered(token) is not None
