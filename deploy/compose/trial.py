"""Inside an image, for a first look: issues tokens, loads the samples, writes a shell file."""

import os
import sys
from pathlib import Path

from deploy.embedded import sample_data, shell_file
from deploy.embedded.tokens import TokenIssuer

STATE = Path("/state")
INSIDE = {"catalog": "http://catalog:8101", "matcher": "http://matcher:8102", "notify": "http://notify:8103"}


def main() -> int:
    issuer = TokenIssuer(STATE)
    issuer.jwks.chmod(0o444)
    match sys.argv[1:]:
        case ["issuer"]:
            return 0
        case ["samples"]:
            _load_samples(issuer)
        case ["shell"]:
            pass
        case ["token", scheme, code, name, *roles]:
            sys.stdout.write(issuer.mint(scheme, code, name, roles) + "\n")
            return 0
        case _:
            sys.exit("issuer | samples | shell | token SCHEME CODE NAME ROLE…")
    shell_file.write(STATE / "shell.sh", {**_addresses(), **shell_file.tokens(issuer)})
    return 0


def _load_samples(issuer: TokenIssuer) -> None:
    record = STATE / "samples.loaded"
    if sample_data.is_missing(INSIDE["catalog"]):
        record.unlink(missing_ok=True)  # the databases are not those that the samples were loaded into
    count = sample_data.load(INSIDE, record, issuer)
    sys.stdout.write(f"{count} samples loaded\n" if count else "")


def _addresses() -> dict[str, str]:
    urls = {name: f"http://{_reached(os.environ[f'PUBLISH_{name}'])}" for name in ("CATALOG", "MATCHER", "NOTIFY")}
    nats = _reached(os.environ["PUBLISH_NATS"])
    return {**urls, "NATS": f"nats://{nats}", "JINGQIAO_NATS_PORT": nats.rpartition(":")[2]}


def _reached(published: str) -> str:
    """Where this machine reaches what is published on an address, or on all of them."""
    host, _, port = published.rpartition(":")
    return f"{'127.0.0.1' if host in ('', '0.0.0.0') else host}:{port}"  # nosec B104  # compared, not listened on


if __name__ == "__main__":
    sys.exit(main())
