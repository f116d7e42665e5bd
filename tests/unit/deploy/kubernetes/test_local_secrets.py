"""The secrets of the overlay `local` are made once, for their owner alone, and kept from git."""

import json
import stat
import subprocess
from pathlib import Path

from cryptography.fernet import Fernet

from deploy.embedded.tokens import TokenIssuer
from deploy.kubernetes.local_secrets import GENERATED, generate
from tests.support.kubernetes.rendered import ROOT


def test_what_is_missing_is_made_and_what_is_there_stays(tmp_path: Path) -> None:
    issuer = TokenIssuer(tmp_path / "issuer")
    made = generate(tmp_path / "generated", issuer)
    before = {file.name: file.read_text() for file in (tmp_path / "generated").iterdir()}
    assert {*made, "jwks.json"} == before.keys()
    (tmp_path / "generated" / "catalog.password").unlink()
    assert generate(tmp_path / "generated", issuer) == ["catalog.password"]
    after = {file.name: file.read_text() for file in (tmp_path / "generated").iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"catalog.password"}


def test_passwords_stand_in_urls_as_they_are_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    for name in generate(tmp_path, TokenIssuer(tmp_path / "issuer")):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        if name.endswith(".password"):
            assert (tmp_path / name).read_text().replace("-", "").replace("_", "").isalnum()
    for key in json.loads((tmp_path / "sealing-keys.json").read_text()):
        Fernet(key)


def test_git_leaves_them_out() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "--quiet", str(GENERATED / "catalog.password")], cwd=ROOT, check=False
    )
    assert ignored.returncode == 0
