"""Notify's real processes, with the means to hurt them and to read what they write."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from notify.settings import NotifySettings


class Process:
    """`python -m notify <verb>`; its output goes to a file."""

    def __init__(self, verb: str, env: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "notify", verb], env={**os.environ, **env}, stdout=out, stderr=out
            )

    def kill(self) -> None:
        """SIGKILL."""
        self._child.kill()
        self._child.wait()

    def stop(self) -> None:
        """SIGTERM, and returns when it has ended."""
        self.ask_to_stop()
        self._child.wait(timeout=30)

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        self._child.send_signal(signal.SIGTERM)

    @property
    def has_ended(self) -> bool:
        return self._child.poll() is not None

    @property
    def written(self) -> str:
        return self._log.read_text(errors="replace")


@contextmanager
def process(verb: str, env: Mapping[str, str], log: Path) -> Iterator[Process]:
    """Killed at the end, if it still runs."""
    running = Process(verb, env, log)
    try:
        yield running
    finally:
        running.kill()


def environment(settings: NotifySettings, **more: str) -> dict[str, str]:
    platform = settings.platform
    return {
        "NOTIFY_DATABASE_URL": settings.database_url,
        "NOTIFY_ALLOW_LOOPBACK": "true",
        "NOTIFY_PORT": "0",
        "JINGQIAO_NATS_URL": platform.nats_url,
        "JINGQIAO_JWKS": platform.jwks,
        "JINGQIAO_ISSUER": platform.issuer,
        "JINGQIAO_AUDIENCE": platform.audience,
        "JINGQIAO_LOG_LEVEL": "DEBUG",
        **more,
    }
