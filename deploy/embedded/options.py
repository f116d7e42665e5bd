"""The command line of the embedded stack."""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.embedded import state
from deploy.embedded.plan import DEFAULT_PORTS, EVERYBODY, RECEIVER_PORT, USUAL_HOME, Plan, default_cache
from deploy.embedded.ports import variable_for
from deploy.embedded.tokens import ROLES

DESCRIPTION = "Jingqiao on this machine. Each option can also be an environment variable, named in brackets."
HIGHEST_PORT = 65535
OWN = ("home", "port-offset", *(f"{name}-port" for name in DEFAULT_PORTS))
"""Options that tell one stack from another."""


def parse(argv: Sequence[str] | None = None, env: Mapping[str, str] = os.environ) -> argparse.Namespace:
    """Raises SystemExit with a line of help when an option is wrong."""
    given = _defaults(argv, env)
    # Else `--port` of a verb would stand for any that begins so.
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded", description=DESCRIPTION, allow_abbrev=False)
    _add(parser, given, "home", "keeps databases, streams, keys and logs", Path)
    _add(parser, given, "cache", "keeps converted models; ~/.cache/jingqiao when unset", str)
    meaning = "a second stack beside the first: added to every port, and to the name of the folder"
    _add(parser, given, "port-offset", meaning, _offset)
    for name in DEFAULT_PORTS:
        _add(parser, given, f"{name}-port", f"where {name} listens", _port)
    _add_verbs(parser)
    return parser.parse_args(argv)


def plan_of(options: argparse.Namespace) -> Plan:
    home = options.home.expanduser().resolve()
    cache = Path(options.cache).expanduser().resolve() if options.cache else default_cache(home)
    return Plan(
        home=home,
        cache=cache,
        ports={name: getattr(options, f"{name.replace('-', '_')}_port") for name in DEFAULT_PORTS},
    )


def _defaults(argv: Sequence[str] | None, env: Mapping[str, str]) -> dict[str, str]:
    """Each option's value where the command line gives none: the environment's, the running stack's, the usual one.

    An offset on the command line names a stack of its own: what the environment says of another then does not count.
    """
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--home")
    first.add_argument("--port-offset", type=_offset)
    known, _ = first.parse_known_args(argv)
    found = {name: env[variable_for(name)] for name in (*OWN, "cache") if env.get(variable_for(name))}
    if known.port_offset is not None:
        found = {name: value for name, value in found.items() if name not in OWN}
    offset = known.port_offset if known.port_offset is not None else _number(found.get("port-offset"))
    home = known.home or found.get("home") or (f"{USUAL_HOME}-{offset}" if offset else str(USUAL_HOME))
    running = state.occupant(Path(home).expanduser())
    usual = {name: port + offset for name, port in DEFAULT_PORTS.items()} | dict(running.ports if running else {})
    ports = {f"{name}-port": str(port) for name, port in usual.items()}
    return {"cache": "", "port-offset": str(offset), **ports, **found, "home": home}


def _add_verbs(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    run = verbs.add_parser("run", help="start everything and serve until Ctrl-C or SIGTERM (the default)")
    run.add_argument("--without-samples", action="store_true", help="start with empty databases")
    verbs.add_parser("stop", help="stop what runs in the folder, in order, and wait for it")
    verbs.add_parser("status", help="say of each part whether it is ready; ends with 1 when one is not")
    logs = verbs.add_parser("logs", help="print the newest lines of all logs, or of some parts'")
    logs.add_argument("parts", nargs="*", metavar="PART", help="catalog-serve, matcher-work, postgres, nats …")
    logs.add_argument("-n", "--lines", type=_count, default=10, help="of each (default: %(default)s)")
    logs.add_argument("-f", "--follow", action="store_true", help="go on printing, until Ctrl-C")
    listen = verbs.add_parser("listen", help="print the events that organisations are sent, until Ctrl-C")
    listen.add_argument("subject", nargs="?", default=EVERYBODY, help="a NATS subject (default: everybody's)")
    listen.add_argument("--last", type=_count, default=10, help="from before, printed first (default: %(default)s)")
    listen.add_argument(
        "--credentials", type=Path, metavar="FILE", help="of a user who may read them (default: this stack's own)"
    )
    listen.add_argument("--raw", action="store_true", help="print each event as it travels, as a line of JSON")
    receive = verbs.add_parser("receive", help="receive webhooks on this machine and print them, until Ctrl-C")
    receive.add_argument("--port", type=_port, default=RECEIVER_PORT, help="to listen on (default: %(default)s)")
    receive.add_argument("--secret", default="", help="the subscription's, whsec_…, by which requests are checked")
    token = verbs.add_parser("token", help="print an access token for an organisation of your choice")
    token.add_argument("scheme", help="uscc, or another scheme of organisation codes")
    token.add_argument("code", help="of uscc: 18 characters, the last of which checks the others")
    token.add_argument("name")
    roles = "; ".join(f"{role}: {meaning}" for role, meaning in ROLES.items())
    token.add_argument("roles", nargs="+", choices=[str(role) for role in ROLES], metavar="ROLE", help=roles)
    parser.set_defaults(verb="run", without_samples=False)


def _add(
    parser: argparse.ArgumentParser,
    given: Mapping[str, str],
    name: str,
    meaning: str,
    kind: Callable[[str], object],
) -> None:
    what = name.rsplit("-", 1)[-1].upper()
    # A default that is a string is converted and checked like an argument.
    text = f"{meaning} [{variable_for(name)}] (now {given[name] or 'unset'})"
    parser.add_argument(f"--{name}", default=given[name], type=kind, metavar=what, help=text)


def _port(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= HIGHEST_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port, 1 to {HIGHEST_PORT}")


def _offset(text: str) -> int:
    highest = HIGHEST_PORT - max(DEFAULT_PORTS.values())
    if text.isdecimal() and int(text) <= highest:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no offset, 0 to {highest}")


def _count(text: str) -> int:
    if text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of lines or events, 0 or more")


def _number(text: str | None) -> int:
    """What is no number is refused later, with its name."""
    return int(text) if text and text.isdecimal() else 0
