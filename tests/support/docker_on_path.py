"""A program `docker` for machines without an engine: what it is told to do in the database's container, it does here.

It knows the commands that deploy/backup/containers.py gives, and no others. The server and its data folder are real.
"""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.postgres import PostgresServer, binary

SCRIPT = r"""#!/usr/bin/env bash
set -euo pipefail
case "$*" in
    info*) echo 2; exit;;
    "compose version"*) echo 2.40.3; exit;;
    "volume inspect "*) test -d "$PGDATA"; exit;;
    "volume rm --force "*) echo "$*" >> "$FOLDER/removed"; exit;;
esac
while [ "$1" != exec ] && [ "$1" != run ] && [ "$1" != ps ] && [ "$1" != config ]; do shift; done
verb=$1 before=
case "$verb" in
    config) cat "$FOLDER/config.json"; exit;;
    ps) if [ -e "$FOLDER/up" ]; then echo 0123456789ab; fi; exit;;
esac
# Behind the options stands the name of the service; --user has the same word before it.
while [ "$1" != postgres ] || [ "$before" = --user ]; do before=$1; shift; done
shift
if [ "$verb" = run ]; then exec bash "$@"; fi
PATH=$PROGRAMS:$PATH exec "$@"
"""


def docker_on_path(folder: Path, server: PostgresServer, secrets: Path) -> Mapping[str, str]:
    """The environment in which `docker` means this one. A file `up` in `folder` says that containers run."""
    folder.mkdir()
    program = folder / "docker"
    program.write_text(SCRIPT)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    volumes = {name: {"name": f"jingqiao_{name}"} for name in ("postgres", "nats", "nats-2")}
    config = {"configs": {"jwks": {"file": str(secrets / "jwks.json")}}, "volumes": volumes}
    (folder / "config.json").write_text(json.dumps(config))
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "FOLDER": str(folder),
        "PGDATA": str(server.data),
        "PROGRAMS": str(binary("psql").parent),
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGPASSWORD": (server.folder / "password").read_text(),
    }
