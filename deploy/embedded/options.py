"""The command line of the embedded stack."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.embedded.listen import EVERYBODY
from deploy.embedded.plan import DEFAULT_PORTS, Plan, default_cache
from deploy.embedded.ports import variable_for
from deploy.embedded.tokens import ROLES

DESCRIPTION = "Jingqiao on this machine. Each option can also be an environment variable, named in brackets."
REPOSITORY = Path(__file__).parents[2]


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Raises SystemExit with a line of help when an option is wrong."""
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded", description=DESCRIPTION)
    _add(parser, "home", str(REPOSITORY / ".jingqiao"), "keeps databases, streams, keys and logs", Path)
    _add(parser, "cache", "", "keeps converted models; ~/.cache/jingqiao when unset", str)
    for name, port in DEFAULT_PORTS.items():
        _add(parser, f"{name}-port", str(port), f"where {name} listens", _port)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    run = verbs.add_parser("run", help="start everything and serve until Ctrl-C (the default)")
    run.add_argument("--without-samples", action="store_true", help="start with empty databases")
    listen = verbs.add_parser("listen", help="print the events that organisations are sent, until Ctrl-C")
    listen.add_argument("subject", nargs="?", default=EVERYBODY, help="a NATS subject (default: everybody's)")
    listen.add_argument("--raw", action="store_true", help="print each event as it travels, as a line of JSON")
    token = verbs.add_parser("token", help="print an access token for an organisation of your choice")
    token.add_argument("scheme", help="uscc, or another scheme of organisation codes")
    token.add_argument("code")
    token.add_argument("name")
    token.add_argument("roles", nargs="+", choices=ROLES, metavar="ROLE", help=", ".join(ROLES))
    parser.set_defaults(verb="run", without_samples=False)
    return parser.parse_args(argv)


def plan_of(options: argparse.Namespace) -> Plan:
    home = options.home.expanduser().resolve()
    cache = Path(options.cache).expanduser().resolve() if options.cache else default_cache(home)
    return Plan(
        home=home,
        cache=cache,
        ports={name: getattr(options, f"{name.replace('-', '_')}_port") for name in DEFAULT_PORTS},
    )


def _add(parser: argparse.ArgumentParser, name: str, default: str, meaning: str, kind: Callable[[str], object]) -> None:
    what = name.rsplit("-", 1)[-1].upper()
    variable = variable_for(name)
    # A default that is a string is converted and checked like an argument.
    found = os.environ.get(variable) or default
    text = f"{meaning} [{variable}] (now {found or 'unset'})"
    parser.add_argument(f"--{name}", default=found, type=kind, metavar=what, help=text)


def _port(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port, 1 to 65535")
