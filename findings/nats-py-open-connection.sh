#!/usr/bin/env bash
# nats-py 2.16.0: a connect() that fails because the other end closed before it said anything raises, and leaves its connection
# open until the garbage is collected, where allow_reconnect is off. An engine's proxy closes so for a container that is away.
# Printed: the error, and connections left open. Ends with 1 when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nats-py==2.16.0
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import gc
import sys
import warnings
from importlib.metadata import version

import nats
from nats.errors import Error


async def main() -> int:
    async def close_at_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(close_at_once, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        try:
            await nats.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False, connect_timeout=2)
        except Error as error:
            print(f"connect() raised {type(error).__name__}: {error}")
        gc.collect()
    server.close()
    left = sum("unclosed" in str(one.message) for one in told)
    print(f"left open: {left > 0} ({left} warnings of Python)")
    return left


print(f"nats-py {version('nats-py')}")
sys.exit(0 if asyncio.run(main()) else 1)
PYTHON
