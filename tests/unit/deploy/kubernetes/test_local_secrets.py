"""The secrets of the overlay `local` are made once, for their owner alone, and kept from git."""

import json
import stat
import subprocess
from pathlib import Path

from cryptography.fernet import Fernet

from deploy.embedded.tokens import TokenIssuer
from deploy.kubernetes.local_secrets import GENERATED, generate
from tests.support.kubernetes.rendered import ROOT


def _texts(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_what_is_missing_is_made_and_what_is_there_stays(tmp_path: Path) -> None:
    issuer = TokenIssuer(tmp_path / "issuer")
    made = generate(tmp_path / "generated", issuer)
    before = _texts(tmp_path / "generated")
    assert before.keys() > {*made, "jwks.json", "notify.creds", "nats-values.json", "accounts.env"}
    (tmp_path / "generated" / "catalog.password").unlink()
    assert generate(tmp_path / "generated", issuer) == ["catalog.password"]
    after = _texts(tmp_path / "generated")
    assert {name for name in before if before[name] != after[name]} == {"catalog.password"}


def test_passwords_stand_in_urls_as_they_are_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    for name in generate(tmp_path, TokenIssuer(tmp_path / "issuer")):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        if name.endswith(".password"):
            assert (tmp_path / name).read_text().replace("-", "").replace("_", "").isalnum()
    secret = [*(tmp_path / "broker" / "keys").iterdir(), *(tmp_path / "broker" / "credentials").iterdir()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {0o600}
    for key in json.loads((tmp_path / "sealing-keys.json").read_text()):
        Fernet(key)


def test_git_leaves_them_out() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "--quiet", str(GENERATED / "catalog.password")], cwd=ROOT, check=False
    )
    assert ignored.returncode == 0
