"""Turns a base backup and archived changes into a data folder that a server can be started on."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.backup import changes
from deploy.backup.record import Backup
from deploy.backup.server import program
from deploy.embedded.account import unprivileged_account
from deploy.embedded.children import Account, Child, Command, run_to_end, wait_until
from deploy.embedded.errors import Refused
from deploy.embedded.postgres import ROLE

WITHIN_S = 24 * 3600.0
Tell = Callable[[str], None]
PASSWORD = r"""
\getenv role JINGQIAO_ROLE
\getenv password JINGQIAO_PASSWORD
ALTER ROLE :"role" PASSWORD :'password';
"""


@dataclass(frozen=True)
class Wish:
    """
    backup    what to begin with
    store     where archived changes are
    data      the data folder to make; it must not exist
    until     the moment to go to, as PostgreSQL reads it; all that is archived when None
    password  for the role of the embedded stack; as it was when None
    """

    backup: Backup
    store: Path
    data: Path
    until: str | None
    password: str | None


def recover(wish: Wish, tell: Tell) -> str:
    """Build the data folder beside and rename it into place. Returns until when changes were applied.

    Raises StackError with the end of the server's log when `until` lies beyond what is archived, or a file is damaged.
    """
    partial, lent = wish.data.with_name(f"{wish.data.name}.partial"), wish.data.with_name(f"{wish.data.name}.wal")
    for left in (partial, lent):
        shutil.rmtree(left, ignore_errors=True)
    tell(f"copying {wish.backup.name}")
    shutil.copytree(wish.backup.folder / "base", partial)
    partial.chmod(0o700)
    count = changes.lend(wish.store, wish.backup.folder / "base", lent)
    tell(f"applying {count} segments of changes")
    if missing := changes.gap(wish.store, wish.backup.folder / "base"):
        tell(f"segment {missing} of the changes is missing: what comes after it cannot be applied")
    (partial / "recovery.signal").touch()
    reached = _applied(wish, partial, lent)
    partial.rename(wish.data)
    shutil.rmtree(lent)
    return reached


def _applied(wish: Wish, data: Path, lent: Path) -> str:
    account = unprivileged_account(data, program("postgres"))
    unprivileged_account(lent, program("postgres"))
    log = data.with_name("recovery.log")
    log.unlink(missing_ok=True)
    with _private_folder(account) as sockets:
        child = Child(_server(wish, data, lent, sockets, account), log)
        try:
            wait_until(child, lambda: _asked(sockets, account, "-c", "SELECT 1") is not None, within_s=WITHIN_S)
            if wish.password is not None:
                _set_password(sockets, account, wish.password)
        finally:
            child.stop()
    return _reached(log)


def _server(wish: Wish, data: Path, lent: Path, sockets: Path, account: Account | None) -> Command:
    """On a socket that this account alone can reach, where nobody is asked for a password."""
    (sockets / "hba.conf").write_text("local all all trust\n")
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "hba_file": str(sockets / "hba.conf"),
        # Nobody reads before the end; so limits such as max_connections need not be those of the lost server.
        "hot_standby": "off",
        "restore_command": f'cp "{lent}/%f" "%p"',
        "recovery_target_action": "promote",
        **({"recovery_target_time": wish.until} if wish.until else {}),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Command("PostgreSQL", (str(program("postgres")), "-D", str(data), *options), account=account)


def _asked(sockets: Path, account: Account | None, *arguments: str, env: dict[str, str] | None = None) -> str | None:
    """What psql says, None when it fails: until the changes are applied nobody is let in."""
    argv = (str(program("psql")), "-h", str(sockets), "-U", ROLE, "-d", "postgres", "-XqtA", "-v", "ON_ERROR_STOP=1")
    done = run_to_end(Command("psql", (*argv, *arguments), account=account, env=env or {}), cwd=sockets)
    return done.stdout if done.returncode == 0 else None


def _set_password(sockets: Path, account: Account | None, password: str) -> None:
    script = sockets / "password.sql"
    script.write_text(PASSWORD)
    env = {"JINGQIAO_ROLE": ROLE, "JINGQIAO_PASSWORD": password}
    if _asked(sockets, account, "-f", str(script), env=env) is None:
        raise Refused(f"the password of role {ROLE} could not be set")


@contextmanager
def _private_folder(account: Account | None) -> Iterator[Path]:
    # A socket's path may hold 107 bytes only.
    with tempfile.TemporaryDirectory(prefix="jingqiao-", dir="/tmp") as name:  # nosec B108  # made anew, with a name nobody knows
        unprivileged_account(Path(name), program("postgres")) if account is not None else None
        yield Path(name)


def _reached(log: Path) -> str:
    """The time of the last change that was applied, as the server tells."""
    found = re.findall(r"last completed transaction was at log time (.+)", log.read_text(errors="replace"))
    return found[-1] if found else "the backup itself: no later change was archived"
