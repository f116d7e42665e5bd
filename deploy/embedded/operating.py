"""What a person does with a stack that runs elsewhere: see how it is, read its logs, stop it."""

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.embedded import ports, state
from deploy.embedded.errors import Refused
from deploy.embedded.plan import Plan
from deploy.embedded.state import Occupant

STOPPED_WITHIN_S = 90.0
"""Services, NATS and PostgreSQL are each given 25 s."""
POLL_EVERY_S = 0.1
SERVERS = {"NATS": "nats", "PostgreSQL": "postgres", "issuer": "issuer"}


def stop(home: Path) -> str:
    """Ask the stack that uses `home` to stop in order, wait until it has, and say what happened."""
    found = state.occupant(home)
    if found is None:
        return f"Nothing runs in {home}."
    _terminate(found, home)
    deadline = time.monotonic() + STOPPED_WITHIN_S
    while state.occupant(home) is not None:
        if time.monotonic() > deadline:
            raise Refused(
                f"process {found.pid} still uses {home} after {STOPPED_WITHIN_S:g} s; "
                f"kill -KILL {found.pid} ends it at once, and the next start recovers"
            )
        time.sleep(POLL_EVERY_S)
    return f"Stopped. Everything is kept in {home}"


def status(plan: Plan) -> tuple[bool, list[str]]:
    """Whether all parts are ready, and a line for each."""
    found = state.occupant(plan.home)
    if found is None:
        return False, [f"Nothing runs in {plan.home}."]
    parts = list(_parts(plan))
    head = f"Process {found.pid} serves {plan.home} since {found.started_at}:"
    return all(is_well for is_well, _ in parts), [head, *(line for _, line in parts)]


def _parts(plan: Plan) -> Iterator[tuple[bool, str]]:
    for name, port in SERVERS.items():
        is_well = ports.is_answering(plan.ports[port])
        yield is_well, _line(name, plan.ports[port], "answers" if is_well else "does not answer")
    for process in plan.processes:
        is_well, words = readiness(plan.health_port(process))
        yield is_well, _line(process, plan.health_port(process), words)


def readiness(port: int) -> tuple[bool, str]:
    """What a service's `/readyz` says, in a few words."""
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        reply = connection.getresponse()
        checks = json.loads(reply.read() or b"{}")
    except (OSError, http.client.HTTPException, ValueError):
        return False, "does not answer"
    finally:
        connection.close()
    if reply.status == 200:
        return True, "ready"
    failed = [f"{name} {state}" for name, state in checks.items() if state in ("down", "late")]
    return False, f"not ready: {', '.join(failed) or reply.status}"


def logs(folder: Path, parts: Sequence[str], *, line_count: int, is_followed: bool) -> None:
    """Become `tail` over the logs of these parts, or of all. Raises Refused for a part that has none."""
    found = {log.stem: log for log in sorted(folder.glob("*.log"))}
    if not found:
        raise Refused(f"there are no logs in {folder} yet")
    if unknown := set(parts) - found.keys():
        raise Refused(f"no log of {', '.join(sorted(unknown))} in {folder}; there are {', '.join(found)}")
    chosen = [str(found[part]) for part in parts or found]
    os.execvp("tail", ["tail", "-n", str(line_count), *(["-F"] if is_followed else []), *chosen])


def _line(name: str, port: int, words: str) -> str:
    return f"  {name:<14} {ports.LOOPBACK}:{port:<6} {words}"


def _terminate(found: Occupant, home: Path) -> None:
    try:
        if found.pid:
            os.kill(found.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it ended by itself; what is left of it lets go of the lock in a moment
    except PermissionError as error:
        raise Refused(f"process {found.pid}, which uses {home}, belongs to another account") from error
