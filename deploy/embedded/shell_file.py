"""The file that leads a shell to a stack: addresses, and tokens of two sample organisations."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from common import private_file
from deploy.embedded.sample_data import ENTERPRISE, PUBLISHER, Row, rows
from deploy.embedded.tokens import TokenIssuer

TOKEN_LIFETIME_S = 7 * 24 * 3600.0


def write(path: Path, variables: Mapping[str, str]) -> Path:
    """It holds secrets, so its owner alone may read it.

    It is one `export`: a shell that reads it gets all of it or, when the file is cut short, nothing.
    """
    assignments = (f"  {name}={shlex.quote(value)}" for name, value in variables.items())
    private_file.write(path, "{ export \\\n" + " \\\n".join(assignments) + "\n}\n")
    return path


def tokens(issuer: TokenIssuer) -> dict[str, str]:
    organisations = {row["id"]: row for row in rows("organisations")}
    return {
        "PUBLISHER_TOKEN": _token(issuer, organisations[PUBLISHER], "publisher"),
        "ENTERPRISE_TOKEN": _token(issuer, organisations[ENTERPRISE], "enterprise"),
    }


def _token(issuer: TokenIssuer, organisation: Row, role: str) -> str:
    scheme, code, name = organisation["scheme"], organisation["code"], organisation["name"]
    return issuer.mint(scheme, code, name, [role], lifetime_s=TOKEN_LIFETIME_S)
