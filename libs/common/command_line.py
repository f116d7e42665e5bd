"""The command line of a service: `python -m <service> VERB`."""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Verb:
    """
    run        what the verb does
    meaning    its line in the help
    configure  adds the verb's own arguments, if it has any; called for the verb that is asked for alone, so that it may
               import what no other needs
    """

    run: Callable[[argparse.Namespace], None]
    meaning: str
    configure: Callable[[argparse.ArgumentParser], None] | None = None


def configured_by(module: str, name: str = "configure") -> Callable[[argparse.ArgumentParser], None]:
    """A verb's `configure` that is in a module which no other verb imports."""
    return lambda parser: getattr(import_module(module), name)(parser)


def run(service: str, description: str, verbs: Mapping[str, Verb]) -> None:
    """Do what the process's arguments ask. Exits with the usage when they ask for nothing known."""
    line = argparse.ArgumentParser(prog=f"python -m {service}", description=description)
    known = line.add_subparsers(dest="verb", required=True, metavar="|".join(verbs))
    for name, verb in verbs.items():
        one = known.add_parser(name, help=verb.meaning, description=f"{verb.meaning[:1].upper()}{verb.meaning[1:]}.")
        if verb.configure and name in sys.argv[1:2]:
            verb.configure(one)
    arguments = line.parse_args()
    verbs[arguments.verb].run(arguments)
