"""Turns itself into a command that, as asked, dies with its parent or runs as another account.

Run as a script: `python leash.py … -- command args`. It replaces itself with the command, so the process id that the
parent holds is the command's own.
"""

import argparse
import ctypes
import os
import select
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 4
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

WATCH_EVERY_S = 0.5


def main(argv: list[str]) -> None:
    options = _parse(argv)
    try:
        if options.uid is not None:
            become(options.uid, options.gid, pass_closed_folders=options.pass_closed_folders)
        # After become(): a change of account clears the parent-death signal.
        if options.parent is not None:
            bind_to(options.parent, options.death_signal)
        os.execvp(options.command[0], options.command)
    except OSError as error:
        sys.exit(f"cannot run {options.command[0]}: {error.strerror or error}")


def become(uid: int, gid: int, *, pass_closed_folders: bool) -> None:
    """Give up root for good. `pass_closed_folders` keeps the one right to walk through folders closed to `uid`.

    A checkout below root's home (mode 0700) is out of reach of any other account. Opening root's home to everybody
    would be worse than letting this one child keep CAP_DAC_OVERRIDE, which containers grant root by default.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if pass_closed_folders:
        # Keeps the capabilities across setuid, and lets access(2), by which initdb looks for its binaries, count them.
        _checked(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if pass_closed_folders:
        mask = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        # Two words (effective, permitted, inheritable) of 32 capabilities each; the second half stays empty.
        sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
        _checked(libc.capset(header, sets))
        _checked(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def bind_to(parent: int, death_signal: int) -> None:
    if sys.platform == "linux":
        die_with_parent(parent, death_signal)
    else:
        watch_parent(death_signal)


def die_with_parent(parent: int, death_signal: int) -> None:
    """Linux sends the signal when the *thread* that started this process ends: start children from a lasting one."""
    _checked(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0))
    if os.getppid() != parent:  # it died before the request above
        os.kill(os.getpid(), death_signal)


def watch_parent(death_signal: int) -> None:
    """Where the kernel does not tell: a watcher signals this process when its standard input, a pipe, ends."""
    watched = os.getpid()
    if os.fork() != 0:
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        return
    while os.getppid() == watched:
        if select.select([0], [], [], WATCH_EVERY_S)[0] and not os.read(0, 1):
            os.kill(watched, death_signal)
            break
    os._exit(0)


def _checked(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent", type=int, help="process id of the parent to die with")
    parser.add_argument("--death-signal", type=int, default=int(signal.SIGKILL))
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--pass-closed-folders", action="store_true")
    ours = argv.index("--")
    options = parser.parse_args(argv[:ours])
    options.command = argv[ours + 1 :]
    return options


if __name__ == "__main__":
    main(sys.argv[1:])
