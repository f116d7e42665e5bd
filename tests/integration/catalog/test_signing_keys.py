"""Public keys of organisations: registered, shown to everyone, retired, revoked."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import signatures
from tests.integration.catalog.service_under_test import CatalogUnderTest
from tests.integration.catalog.validated import HOST, Parties


@pytest.fixture
async def parties(catalog: CatalogUnderTest) -> Parties:
    return Parties(catalog)


async def test_everyone_reads_an_organisations_keys_and_which_are_revoked(parties: Parties) -> None:
    where, catalog = await parties.register(), parties.catalog
    second = Ed25519PrivateKey.generate()
    await parties.register(second)
    retired = await catalog.post(f"{where}/retire", as_=parties.host)
    assert retired.json()["state"] == "retired"
    shown = (await catalog.get(f"/v1/signing-keys/of/uscc/{HOST}")).json()
    assert {key["kid"] for key in shown["keys"]} == {parties.key_id, signatures.thumbprint(signatures.x_of(second))}
    assert {(key["kty"], key["crv"], key["alg"]) for key in shown["keys"]} == {("OKP", "Ed25519", "EdDSA")}
    revoked = await catalog.post(f"{where}/revoke", {"reason": "私钥文件外泄"}, as_=parties.host)
    assert revoked.json()["state"] == "revoked"
    shown = (await catalog.get(f"/v1/signing-keys/of/uscc/{HOST}")).json()
    assert [key["kid"] for key in shown["keys"]] == [signatures.thumbprint(signatures.x_of(second))]
    assert [(key["kid"], key["reason"]) for key in shown["revoked"]] == [(parties.key_id, "私钥文件外泄")]


async def test_a_key_is_registered_once_and_changed_by_its_organisation_or_an_operator(parties: Parties) -> None:
    where, catalog = await parties.register(), parties.catalog
    body = signatures.jwk(signatures.x_of(parties.key))
    assert (await catalog.post("/v1/signing-keys", body, as_=parties.firm)).status_code == 409
    for step, note in (("retire", None), ("revoke", {"reason": "外泄"})):
        assert (await catalog.post(f"{where}/{step}", note, as_=parties.firm)).status_code == 403
    operator = catalog.token("91370211MA3QDK2Q8B", "运营者（示例）", "operator")
    assert (await catalog.post(f"{where}/revoke", as_=operator)).status_code == 422
    assert (await catalog.post(f"{where}/revoke", {"reason": "外泄"}, as_=operator)).status_code == 200
    steps = (await catalog.get(f"{where}/steps", as_=parties.host)).json()["items"]
    assert [(one["action"], one["party"]) for one in steps] == [("revoke", "operator"), ("create", "owner")]


@pytest.mark.parametrize("x", ["", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "A" * 42, "+" * 43, "A" * 44])
async def test_what_is_no_key_is_refused_by_its_field(parties: Parties, x: str) -> None:
    reply = await parties.catalog.post("/v1/signing-keys", signatures.jwk(x), as_=parties.host)
    assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, ["#/x"])


async def test_a_private_key_sent_by_mistake_is_refused_and_not_repeated(parties: Parties) -> None:
    body = {**signatures.jwk(signatures.x_of(parties.key)), "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
    reply = await parties.catalog.post("/v1/signing-keys", body, as_=parties.host)
    assert (reply.status_code, [one["pointer"] for one in reply.json()["errors"]]) == (422, ["#/d"])
    assert body["d"] not in reply.text
