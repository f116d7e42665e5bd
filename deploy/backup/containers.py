"""The PostgreSQL server of a stack in containers: asked, copied and given other data by way of its container."""

import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE

from deploy.compose.engine import Engine, EngineError
from deploy.embedded.errors import Refused
from deploy.embedded.postgres import ROLE

PART = "postgres"
SOCKETS = "/var/run/postgresql"
"""Where compose.yaml has the server's socket; not every build of the programs looks there by itself."""
COPY = ("pg_basebackup", "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password")
ASK = ("psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password", "--set=ON_ERROR_STOP=1")
HOLDS_DATA = 'test -s "$PGDATA/PG_VERSION"'
# As root: when the image starts, it gives what lies in PGDATA to the account postgres.
PUT = """set -eu
mkdir -p "$(dirname "$PGDATA")"
rm -rf "$PGDATA.partial"
mkdir -m 0700 "$PGDATA.partial"
tar -x -C "$PGDATA.partial" --no-same-owner
if [ -e "$PGDATA" ]; then mv "$PGDATA" "$PGDATA.before-$1"; fi
mv "$PGDATA.partial" "$PGDATA"
"""


@dataclass(frozen=True)
class ContainerServer:
    """Nobody listens on this machine: a socket inside the container lets its own superuser in without a password."""

    engine: Engine = field(default_factory=lambda: Engine(("*",)))
    name: str = "the database in containers"

    def ask(self, sql: str, database: str = "") -> list[str]:
        """The lines of an answer. Raises Refused with the server's words."""
        who = (f"--username={ROLE}", f"--dbname={database or 'postgres'}")
        done = self._done(self._inside(*ASK, *who, "--command", sql))
        if done.returncode != 0:
            raise Refused(f"{self.name}: {done.stderr.strip()}")
        return done.stdout.splitlines()

    def copy_to(self, folder: Path) -> None:
        """All files of the running server, with the changes made meanwhile. Raises Refused."""
        argv = self._inside(*COPY, f"--username={ROLE}", "--manifest-checksums=SHA256")
        with subprocess.Popen(argv, env=self.engine.environment(), stdin=DEVNULL, stdout=PIPE) as copying:
            assert copying.stdout is not None
            try:
                with tarfile.open(fileobj=copying.stdout, mode="r|") as files:
                    files.extractall(folder, filter="data")
            except tarfile.TarError:  # it ended early, and says why itself
                copying.kill()
        self._check_end(copying.returncode)

    def put(self, data: Path, moment: str) -> None:
        """Give the server, which does not run, a data folder; what it had lies beside, named after the moment."""
        argv = [*self._alone(PUT), "restore", moment]
        with subprocess.Popen(argv, env=self.engine.environment(), stdin=PIPE) as putting:
            assert putting.stdin is not None
            try:
                with tarfile.open(fileobj=putting.stdin, mode="w|") as files:
                    files.add(data, arcname=".")
                putting.stdin.close()
            except BrokenPipeError:  # the same
                putting.kill()
        self._check_end(putting.returncode)

    def is_up(self) -> bool:
        return self.engine.is_up()

    def has_data(self) -> bool:
        """Whether its volume holds a server's files, running or not; False where there is no engine."""
        try:
            self.engine.check()
            [volume] = self._volumes(PART)
        except EngineError:
            return False
        is_there = self._done(["docker", "volume", "inspect", volume]).returncode == 0
        return is_there and self._done(self._alone(HOLDS_DATA)).returncode == 0

    def secrets(self) -> Path:
        """The folder of the deployment's secrets. Raises EngineError."""
        return Path(self.engine.config()["configs"]["jwks"]["file"]).parent

    def empty_the_broker(self) -> None:
        """Remove the volumes of NATS, which does not run. Raises Refused, EngineError."""
        done = self._done(["docker", "volume", "rm", "--force", *self._volumes("nats")])
        if done.returncode != 0:
            raise Refused(f"the broker's volumes must be emptied: {done.stderr.strip()}")

    def _volumes(self, beginning: str) -> list[str]:
        volumes = self.engine.config()["volumes"]
        return [str(volumes[key]["name"]) for key in volumes if key.startswith(beginning)]

    def _inside(self, *argv: str) -> list[str]:
        how = ("--no-TTY", "--env", f"PGHOST={SOCKETS}", "--user", "postgres")
        return self.engine.argv("exec", *how, PART, *argv)

    def _alone(self, script: str) -> list[str]:
        """In a container of the same image on the same volume, in which no server runs."""
        how = ("--rm", "--no-deps", "--no-TTY", "--user", "root", "--entrypoint", "bash")
        return self.engine.argv("run", *how, PART, "-c", script)

    def _done(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(argv, env=self.engine.environment(), capture_output=True, text=True, stdin=DEVNULL)

    def _check_end(self, code: int) -> None:
        if code != 0:
            raise Refused(f"{self.name}: a container ended with {code}; what it said stands above")
