"""Ends with 0 when the container's process says that it is ready; the standard library alone: it runs every 10 s."""

import http.client
import os
import sys
from pathlib import Path


def port(command: list[str], env: dict[str, str]) -> int:
    """Where the container's process listens: `python -m catalog work` on CATALOG_WORK_PORT, `serve` on CATALOG_PORT."""
    service, verb = command[command.index("-m") + 1 :][:2]
    return int(env[f"{service.upper()}_WORK_PORT" if verb == "work" else f"{service.upper()}_PORT"])


def main() -> int:
    command = Path("/proc/1/cmdline").read_text().rstrip("\0").split("\0")
    connection = http.client.HTTPConnection("127.0.0.1", port(command, dict(os.environ)), timeout=9)
    try:
        connection.request("GET", "/readyz")
        reply = connection.getresponse()
        sys.stdout.write(reply.read().decode())
    except (OSError, http.client.HTTPException) as error:
        sys.stdout.write(f"no answer: {error}")
        return 1
    return 0 if reply.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
