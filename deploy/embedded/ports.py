"""Which ports the stack listens on, checked before anything starts."""

import random
import socket

from deploy.embedded.errors import Refused

LOOPBACK = "127.0.0.1"

# Below the range that systems hand out to outgoing connections (Linux: from 32768, others: from 49152), so that a port
# found free here is not taken by somebody's outgoing connection a moment later.
FREE_FROM, FREE_TO = 20_000, 32_000


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port that only lingers in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    for _ in range(1000):
        port = random.randrange(FREE_FROM, FREE_TO)
        if is_free(port):
            return port
    raise Refused(f"no free port between {FREE_FROM} and {FREE_TO} on {LOOPBACK}")


def is_answering(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1.0).close()
    except OSError:
        return False
    return True
