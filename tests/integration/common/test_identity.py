"""Tokens of identity providers: which are taken, how their claims are understood, how keys are found and renewed."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_provider_mock import User, run_server_in_thread

from common import token_keys
from common.auth import Verifier
from common.errors import Unauthenticated, Unavailable
from common.roles import Role
from common.settings import PlatformSettings
from common.token_keys import LOOK_AGAIN_S, RETRY_S, STALE_S, RemoteKeys
from tests.support.forged_tokens import AUDIENCE, ISSUER, Key, forgeries, keys, sound

# The provider calls what its library is going to drop.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")
ALLOWED_MS = 20.0
"""Of a forged token, on the average: a wrong signature takes a tenth of one."""


@pytest.fixture(scope="module")
def known() -> tuple[Key, ...]:
    return keys()


@pytest.fixture
def verifier(known: tuple[Key, ...], tmp_path: Path) -> Verifier:
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [key.jwk for key in known]}))
    return Verifier(settings(jwks=f"{tmp_path}/jwks.json"))


def settings(**more: Any) -> PlatformSettings:
    return PlatformSettings(**{"issuer": ISSUER, "audience": AUDIENCE, **more})


async def test_no_forged_token_is_taken_and_each_is_refused_at_once(
    verifier: Verifier, known: tuple[Key, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    tried = list(forgeries(known))
    began, taken = time.perf_counter(), []
    for name, token in tried:
        try:
            await verifier.principal(token)
            taken.append(name)
        except Unauthenticated:
            pass
    took_ms = (time.perf_counter() - began) * 1000 / len(tried)
    assert taken == []
    assert took_ms < ALLOWED_MS
    with capsys.disabled():
        print(f"\n{len(tried)} forged tokens refused, {took_ms:.2f} ms each")  # noqa: T201


async def test_a_sound_token_of_each_algorithm_is_taken(verifier: Verifier, known: tuple[Key, ...]) -> None:
    for key in known:
        assert (await verifier.principal(key.sign(sound()))).roles == {Role.PUBLISHER}


@pytest.mark.parametrize("claims", [{"exp": -25}, {"iat": 25}, {"nbf": 25}])
async def test_clocks_may_differ_a_little_either_way(
    verifier: Verifier, known: tuple[Key, ...], claims: dict[str, int]
) -> None:
    moved = {name: int(time.time()) + by for name, by in claims.items()}
    assert await verifier.principal(known[0].sign(sound(**moved)))


async def test_claims_are_found_under_the_names_that_the_settings_give(known: tuple[Key, ...], tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [known[0].jwk]}))
    named = {
        "claim_code": "organisation.id",
        "claim_name": "https://example.cn/name",
        "claim_roles": "realm_access.roles",
        "default_scheme": "uscc",
        "role_names": {"qd-clerk": "reviewer"},
    }
    verifier = Verifier(settings(jwks=f"{tmp_path}/jwks.json", **named))
    claims = sound(org_scheme=..., org_code=..., org_name=..., roles=["operator"])
    claims |= {"organisation": {"id": "91370200264574251E"}, "https://example.cn/name": "示例单位"}
    claims["realm_access"] = {"roles": ["qd-clerk", "solver", "offline_access"]}
    found = await verifier.principal(known[0].sign(claims))
    assert (found.organisation.scheme, found.organisation.code) == ("uscc", "91370200264574251E")
    assert (found.organisation_name, sorted(found.roles)) == ("示例单位", ["enterprise", "reviewer"])


@pytest.mark.parametrize("roles", [..., None, "", [], 7, {"publisher": True}, ["emperor", 7, None]])
async def test_a_token_without_a_role_that_is_known_has_none(
    verifier: Verifier, known: tuple[Key, ...], roles: Any
) -> None:
    assert (await verifier.principal(known[0].sign(sound(roles=roles)))).roles == frozenset()


async def test_roles_may_be_words_with_blanks_between(verifier: Verifier, known: tuple[Key, ...]) -> None:
    found = await verifier.principal(known[0].sign(sound(roles="openid publisher auditor")))
    assert found.roles == {Role.PUBLISHER, Role.AUDITOR}


async def test_a_program_without_a_person_is_its_client(verifier: Verifier, known: tuple[Key, ...]) -> None:
    found = await verifier.principal(known[0].sign(sound(sub=..., client_id="erp", org_name=...)))
    assert (found.subject, found.organisation_name) == ("client:erp", "91370200264574251E")


async def test_who_set_up_the_provider_is_told_which_claim_is_at_fault(
    verifier: Verifier, known: tuple[Key, ...]
) -> None:
    with pytest.raises(Unauthenticated, match="claim org_name: remove character 1: U\\+202E changes the direction"):
        await verifier.principal(known[0].sign(sound(org_name="\u202e府政民人市岛青")))


class Provider:
    """Serves keys over loopback, and counts how often it is asked."""

    def __init__(self, *shown: Key) -> None:
        self.shown, self.asked_count, self.is_away = list(shown), 0, False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked_count += 1
                self.send_response(503 if provider.is_away else 200)
                self.end_headers()
                self.wfile.write(json.dumps({"keys": [key.jwk for key in provider.shown]}).encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks"

    @contextmanager
    def running(self) -> Iterator["Provider"]:
        thread = Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


@pytest.fixture
def provider(known: tuple[Key, ...]) -> Iterator[Provider]:
    with Provider(known[0]).running() as running:
        yield running


async def test_a_key_that_came_since_is_fetched_at_once_and_made_up_ids_fetch_no_more(
    provider: Provider, known: tuple[Key, ...]
) -> None:
    moments = [0.0]
    found = RemoteKeys(settings(jwks=provider.url), lambda: moments[-1])
    assert await found.find(known[0].key_id)
    provider.shown.append(known[1])
    assert await found.find(known[1].key_id)
    assert provider.asked_count == 2
    assert [await found.find(f"made-up-{number}") for number in range(200)] == [None] * 200
    assert provider.asked_count == 2
    moments.append(LOOK_AGAIN_S)
    assert await asyncio.gather(*(found.find(f"made-up-{number}") for number in range(50))) == [None] * 50
    assert provider.asked_count == 3


async def test_keys_that_many_wait_for_are_fetched_once(provider: Provider, known: tuple[Key, ...]) -> None:
    found = RemoteKeys(settings(jwks=provider.url), time.monotonic)
    assert all(await asyncio.gather(*(found.find(known[0].key_id) for _ in range(50))))
    assert provider.asked_count == 1


async def test_the_last_keys_outlast_a_provider_that_is_away_but_not_for_ever(
    provider: Provider, known: tuple[Key, ...]
) -> None:
    moments = [0.0]
    found = RemoteKeys(settings(jwks=provider.url), lambda: moments[-1])
    assert await found.find(known[0].key_id)
    provider.is_away = True
    moments.append(STALE_S - 1)
    assert [bool(await found.find(known[0].key_id)) for _ in range(20)] == [True] * 20
    assert provider.asked_count == 2
    moments.append(STALE_S + RETRY_S)
    for _ in range(20):
        with pytest.raises(Unavailable):
            await found.find(known[0].key_id)
    assert provider.asked_count == 3


async def test_a_key_that_was_withdrawn_is_trusted_no_longer(provider: Provider, known: tuple[Key, ...]) -> None:
    moments = [0.0]
    found = RemoteKeys(settings(jwks=provider.url), lambda: moments[-1])
    assert await found.find(known[0].key_id)
    provider.shown[:] = [known[1]]
    moments.append(token_keys.LIFESPAN_S)
    assert await found.find(known[0].key_id) is None


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    """The address of an OpenID provider that is not ours."""
    claims = {
        "org_scheme": "uscc",
        "org_code": "91370200264574251E",
        "org_name": "示例单位",
        "realm_access": {"roles": ["publisher", "offline_access"]},
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with run_server_in_thread(user_claims=[User(sub="u-1", claims=claims)]) as server:
            yield f"http://localhost:{server.server_port}"


def logged_in(issuer: str, client_id: str) -> str:
    """The token of a person who logged in by the authorization code flow."""
    with httpx.Client(base_url=issuer) as browser:
        said = browser.get("/.well-known/openid-configuration").json()
        wanted = {"client_id": client_id, "redirect_uri": "http://localhost/back", "response_type": "code"}
        wanted |= {"scope": "openid profile", "state": "s", "nonce": "n"}
        back = browser.post(said["authorization_endpoint"], params=wanted, data={"sub": "u-1"})
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": wanted["redirect_uri"]}
        reply = browser.post(said["token_endpoint"], data=form, auth=(client_id, "secret"))
        token: str = reply.raise_for_status().json()["id_token"]
        return token


async def test_a_real_provider_is_found_by_its_name_alone(real: str) -> None:
    verifier = Verifier(PlatformSettings(issuer=real, audience="portal", claim_roles="realm_access.roles"))
    found = await verifier.principal(logged_in(real, "portal"))
    assert (found.subject, found.organisation.code, found.roles) == (
        "u-1",
        "91370200264574251E",
        frozenset({Role.PUBLISHER}),
    )


async def test_a_token_of_a_real_provider_for_another_client_is_refused(real: str) -> None:
    verifier = Verifier(PlatformSettings(issuer=real, audience="portal", claim_roles="realm_access.roles"))
    with pytest.raises(Unauthenticated):
        await verifier.principal(logged_in(real, "another"))


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(real: str, known: tuple[Key, ...]) -> None:
    elsewhere = real.replace("localhost", "127.0.0.1") + "/"
    verifier = Verifier(PlatformSettings(issuer=elsewhere, audience="portal"))
    with pytest.raises(Unavailable):
        await verifier.principal(known[0].sign(sound()))
