"""`python -m catalog key`, `sign` and `verify`: what a host and a reader do without a server."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import signatures
from tests.integration.catalog.service_under_test import CatalogUnderTest
from tests.integration.catalog.validated import HOST, Case


def typed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "catalog", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


async def test_what_the_commands_print_is_what_the_service_takes(catalog: CatalogUnderTest, tmp_path: Path) -> None:
    case = Case(catalog)
    made = typed(tmp_path, "key", "host.pem")
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE((tmp_path / "host.pem").stat().st_mode) == 0o600
    assert typed(tmp_path, "key", "host.pem").returncode == 1
    registered = await catalog.post("/v1/signing-keys", json.loads(made.stdout), as_=case.host)
    assert registered.status_code == 201, registered.text
    await case.started()
    await case.measure(4.2)
    await case.attach()
    result = tmp_path / "result.json"
    result.write_text(json.dumps(await case.result(as_=case.host)))
    signed = typed(tmp_path, "sign", "host.pem", "result.json")
    assert signed.returncode == 0, signed.stderr
    await case.done("sign", json.loads(signed.stdout))
    result.write_text(json.dumps(await case.result(as_=case.host)))
    keys = tmp_path / "keys.json"
    keys.write_text((await catalog.get(f"/v1/signing-keys/of/uscc/{HOST}")).text)
    checked = typed(tmp_path, "verify", "result.json", "keys.json")
    assert (checked.returncode, checked.stdout.split()[0]) == (0, "valid")


@pytest.mark.parametrize(("change", "verdict"), [("measured", "wrong"), ("revoked", "key_revoked")])
def test_a_result_that_was_altered_or_whose_key_was_revoked_is_told(tmp_path: Path, change: str, verdict: str) -> None:
    key = Ed25519PrivateKey.generate()
    x = signatures.x_of(key)
    kid, signature = signatures.thumbprint(x), signatures.sign(key, {"measured": 97.2})
    revoked = {"kid": kid, "revoked_at": "2026-01-01T00:00:00Z", "reason": "外泄"}
    is_revoked = change == "revoked"
    keys = {"keys": [] if is_revoked else [{"kid": kid, "x": x}], "revoked": [revoked] if is_revoked else []}
    presented = {"result": {"measured": 97.3}, "signature": {"key_id": kid, "value": signature}}
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    (tmp_path / "result.json").write_text(json.dumps(presented))
    checked = typed(tmp_path, "verify", "result.json", "keys.json")
    assert (checked.returncode, checked.stdout.split()[0]) == (1, verdict)
