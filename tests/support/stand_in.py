"""A service in a few lines, for tests of what starts services: it answers /readyz and leaves notes of its life."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import FrameType

# Told by the environment: STAND_IN_NOTES names the file for notes, STAND_IN_FAILS the process that ends with code 1,
# STAND_IN_LINGERS makes all of them deaf to SIGTERM.
PACKAGE = "from tests.support.stand_in import main\nmain({name!r})\n"


def install(folder: Path, name: str) -> None:
    """Make `python -m <name>` work for whoever has `folder` and the repository on PYTHONPATH."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__main__.py").write_text(PACKAGE.format(name=name))
    (folder / name / "migrations").mkdir()


def main(name: str) -> None:
    verb = sys.argv[1]
    note(f"{name}-{verb} started")
    Path(os.environ["STAND_IN_NOTES"]).with_name(f"{name}-{verb}.pid").write_text(str(os.getpid()))
    if os.environ.get("STAND_IN_FAILS") == f"{name}-{verb}":
        sys.exit("this stand-in was told to fail")
    if verb in ("serve", "work"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN if os.environ.get("STAND_IN_LINGERS") else _leave)
        port = os.environ[f"{name.upper()}_PORT" if verb == "serve" else f"{name.upper()}_WORK_PORT"]
        try:
            HTTPServer(("127.0.0.1", int(port)), _Ready).serve_forever(0.02)
        except SystemExit:
            note(f"{name}-{verb} stopped")


def note(text: str) -> None:
    with Path(os.environ["STAND_IN_NOTES"]).open("a") as notes:
        notes.write(f"{text}\n")


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
