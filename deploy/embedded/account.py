"""Which account PostgreSQL runs as: it refuses root, and nobody should have to create a user for a first try."""

import os
import pwd
from dataclasses import replace
from pathlib import Path

from deploy.embedded.children import Account, Command, run_to_end
from deploy.embedded.errors import Refused

PREFERRED = "nobody"  # in every base image; it needs a row in /etc/passwd because initdb looks its own name up


def unprivileged_account(folder: Path, program: Path) -> Account | None:
    """None unless this process is root. Otherwise an account that owns `folder` and can run `program`.

    A folder that already belongs to somebody else than root keeps its owner, so a stack first started by a person can
    be started by root later.
    """
    if os.geteuid() != 0:
        return None
    owner = folder.stat()
    account = Account(owner.st_uid, owner.st_gid) if owner.st_uid != 0 else _a_stranger()
    _hand_over(folder, account)
    for candidate in (account, replace(account, pass_closed_folders=True)):
        if _can_reach(candidate, folder, program):
            return candidate
    raise Refused(
        f"PostgreSQL does not run as root, and account {account.uid} may not enter {folder} or run {program}; "
        "start as a normal user, or move both to a place others may read"
    )


def _a_stranger() -> Account:
    rows = {row.pw_name: row for row in pwd.getpwall() if row.pw_uid != 0}
    row = rows.get(PREFERRED) or next(iter(rows.values()), None)
    if row is None:
        raise Refused("PostgreSQL does not run as root, and /etc/passwd names no other account; start as a normal user")
    return Account(row.pw_uid, row.pw_gid)


def _hand_over(folder: Path, account: Account) -> None:
    if folder.stat().st_uid == account.uid:
        return
    try:
        for at, folders, files in os.walk(folder):
            for entry in (at, *(os.path.join(at, name) for name in folders + files)):
                os.chown(entry, account.uid, account.gid, follow_symlinks=False)
    except OSError as error:
        raise Refused(
            f"PostgreSQL does not run as root, and {folder} cannot be given to account {account.uid} "
            f"({error.strerror}); start as a normal user, or choose a folder on a local disk with --home"
        ) from error


def _can_reach(account: Account, folder: Path, program: Path) -> bool:
    try_it = ("/bin/sh", "-c", 'cd "$1" && exec "$2" --version', "sh", str(folder), str(program))
    return run_to_end(Command("account check", try_it, account=account), cwd=Path("/")).returncode == 0
