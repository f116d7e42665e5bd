#!/bin/bash
# uvloop accepts one connection in each turn of its loop, asyncio all that wait: while a loop is busy with those who came first, the last of a
# crowd waits in the kernel, where no queue of the application counts it. 200 connections to a loop with 10 ms of work a turn: 2 s.
set -e
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"; "$folder/env/bin/pip" install -q uvloop==0.23.0
"$folder/env/bin/python" - <<'PY'
import asyncio, socket
import uvloop

CROWD = 200


async def turns() -> int:
    """Turns of the loop between the first connection that it has made and the last."""
    loop, accepted, turn, done = asyncio.get_running_loop(), [], 0, asyncio.Event()

    class Connection(asyncio.Protocol):
        def connection_made(self, transport):
            accepted.append(turn)

    def next_turn():
        nonlocal turn
        turn += 1
        done.set() if len(accepted) == CROWD or turn > 10 * CROWD else loop.call_soon(next_turn)

    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    server = await loop.create_server(Connection, sock=listener, backlog=2048)
    crowd = [socket.create_connection(listener.getsockname()) for _ in range(CROWD)]
    loop.call_soon(next_turn)
    await done.wait()
    server.close()
    for one in crowd:
        one.close()
    return accepted[-1] - accepted[0]


found = {"asyncio": asyncio.run(turns()), f"uvloop {uvloop.__version__}": uvloop.run(turns())}
print({name: f"{CROWD} connections in {count} turns" for name, count in found.items()})
plain, libuv = found.values()
assert plain <= 2 and libuv >= CROWD - 1, "the loops accept otherwise now"
PY
