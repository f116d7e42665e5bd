"""`python -m deploy.nats FOLDER`: makes a deployment's keys and credentials, and the part of nats.conf about them."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from common import private_file
from deploy.nats.identities import Identities, resolver

RESOLVER = "/data/accounts"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.nats", description=__doc__)
    parser.add_argument("folder", type=Path, help="for keys, credentials and accounts.conf; keep it secret and safe")
    parser.add_argument(
        "--resolver",
        default=RESOLVER,
        metavar="DIR",
        help="where the server keeps accounts' claims, as it sees it (default: %(default)s)",
    )
    parser.add_argument(
        "--resolved", type=Path, metavar="DIR", help="the same folder as this machine sees it, if it does"
    )
    asked = parser.parse_args()
    trusted = Identities(asked.folder).make(datetime.now(UTC), resolved=asked.resolved)
    configuration = {**trusted, "resolver": resolver(asked.resolver)}
    private_file.write(asked.folder / "accounts.conf", included(configuration))
    sys.stdout.write(f"{asked.folder / 'accounts.conf'}\n")


def included(configuration: dict[str, object]) -> str:
    """As text for `include`: of a file that is included, NATS reads the members of an object, but not its braces."""
    return "".join(f"{name}: {json.dumps(value, indent=1)}\n" for name, value in configuration.items())


if __name__ == "__main__":
    main()
