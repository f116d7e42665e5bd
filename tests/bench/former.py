"""The stack of commit 52005ce, launched from its own sources, as clients of the measurements see it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.plan import DEFAULT_PORTS
from deploy.embedded.ports import free_port
from deploy.embedded.tokens import TokenIssuer
from tests.bench import platform
from tests.bench.launched import BASE, Build, launched, unpack, wait_until_quiet


class FormerStack:
    """As much of a `LiveStack` as parties need."""

    def __init__(self, build: Build) -> None:
        self._build, self._issuer = build, TokenIssuer(build.home / "issuer")

    def url(self, service: str, path: str = "") -> str:
        return f"http://127.0.0.1:{self._build.ports[service]}{path}"

    def bearer(self, scheme: str, code: str, name: str, *roles: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._issuer.mint(scheme, code, name, roles)}"}


@contextmanager
def running() -> Iterator[FormerStack]:
    """With its samples, once it has matched them. Raises CannotMeasure where the commit is not at hand."""
    with tempfile.TemporaryDirectory(prefix="jingqiao-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        unpack(BASE, folder / "base")
        ports = {port: free_port() for port in DEFAULT_PORTS}
        build = Build(folder / "base", folder / "home", platform.cache(), ports)
        with launched(build) as stack:
            wait_until_quiet(stack.pid)
            yield FormerStack(build)
