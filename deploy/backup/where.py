"""Which stack is meant: the one on this machine, the one in containers, or a server by its address."""

import os
from collections.abc import Callable
from pathlib import Path

from deploy.backup.containers import ContainerServer
from deploy.backup.server import Server, of_home, of_url
from deploy.embedded import state
from deploy.embedded.errors import Refused
from deploy.embedded.plan import USUAL_HOME

HERE, CONTAINERS = "here", "containers"
PLACES = (HERE, CONTAINERS)
WHICH = f"there are two, one {HERE} and one in {CONTAINERS}: say which with --in (`make`: IN=)"


def running(url: str, home: Path | None, place: str | None) -> tuple[Server | ContainerServer, Path | None]:
    """The server to copy, and where the sealing keys of its stack lie, if we know. Raises Refused, EngineError."""
    if url:
        return of_url(url), None
    server = ContainerServer()
    if _is_in_containers(home, place, lambda at: state.occupant(at) is not None, server.is_up):
        return server, server.secrets()
    at = home or usual_home()
    return of_home(at), at


def stopped(home: Path | None, place: str | None) -> Path | None:
    """The home of the stack to restore; None means the one in containers. Raises Refused."""
    if _is_in_containers(home, place, lambda at: (at / "postgres" / "data").exists(), ContainerServer().has_data):
        return None
    return home or usual_home()


def _is_in_containers(
    home: Path | None, place: str | None, is_here: Callable[[Path], bool], is_there: Callable[[], bool]
) -> bool:
    """A home that is named means itself; otherwise what there is decides, and two are one too many."""
    if place is not None or home is not None:
        return place == CONTAINERS
    if not is_there():
        return False
    if is_here(usual_home()):
        raise Refused(WHICH)
    return True


def usual_home() -> Path:
    return Path(os.environ.get("JINGQIAO_HOME", str(USUAL_HOME))).expanduser().resolve()
