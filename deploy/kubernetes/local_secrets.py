"""`python -m deploy.kubernetes.local_secrets`: the secrets of the overlay `local`, made once and kept from git."""

import json
import secrets
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet

from common import private_file
from deploy.embedded.plan import SERVICES, USUAL_HOME
from deploy.embedded.tokens import TokenIssuer
from deploy.kubernetes import broker_identities

GENERATED = Path(__file__).parent / "overlays" / "local" / "generated"


def generate(folder: Path, issuer: TokenIssuer) -> list[str]:
    """Write what is missing and return its names; what is there stays, since databases were made with it.

    The key set is always that of `issuer`.
    """
    wanted = {
        f"{role}.password": secrets.token_urlsafe(24) for service in SERVICES for role in (service, f"{service}_owner")
    }
    wanted["mail.password"] = secrets.token_urlsafe(24)
    for name in ("sealing-keys.json", "contact-keys.json"):
        wanted[name] = json.dumps([Fernet.generate_key().decode()])
    missing = [name for name in wanted if not (folder / name).exists()]
    for name in missing:
        private_file.write(folder / name, wanted[name])
    broker_identities.write(folder / "broker", datetime.now(UTC))
    shutil.copyfile(issuer.jwks, folder / "jwks.json")
    return missing


def main() -> None:
    made = generate(GENERATED, TokenIssuer(USUAL_HOME / "issuer"))
    sys.stdout.write(f"{GENERATED}: {', '.join(made) or 'everything was there'}\n")


if __name__ == "__main__":
    main()
