"""`python -m deploy.kubernetes.broker_identities FOLDER`: who is who at the broker, in the forms that manifests take.

FOLDER is that of `python -m deploy.nats`: it holds the keys and the credentials, which are made if there are none.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from common import private_file
from common.nats_claims import claims_of
from deploy.nats.accounts import SERVICES
from deploy.nats.identities import Identities

VALUES, ACCOUNTS = "nats-values.json", "accounts.env"


def write(folder: Path, at: datetime) -> None:
    """
    nats-values.json  values for the chart of NATS: whom its servers trust; JSON is YAML, and nothing in it is secret
    accounts.env      public key of each service's account, by which KEDA finds its streams
    """
    identities = Identities(folder)
    trusted = identities.make(at)
    values = {"config": {"merge": trusted}}
    private_file.write(folder / VALUES, json.dumps(values, indent=1) + "\n")
    private_file.write(folder / ACCOUNTS, "".join(f"{name}={_account(folder, name)}\n" for name in SERVICES))


def _account(folder: Path, service: str) -> str:
    return str(claims_of((folder / "claims" / f"{service.upper()}.jwt").read_text())["sub"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.kubernetes.broker_identities", description=__doc__)
    parser.add_argument("folder", type=Path, help="of keys and credentials; made if there is none")
    folder = parser.parse_args().folder
    write(folder, datetime.now(UTC))
    sys.stdout.write(f"{folder / VALUES}, {folder / ACCOUNTS}\n")


if __name__ == "__main__":
    main()
