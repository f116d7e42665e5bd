"""`python -m portal`: answer browsers."""

import argparse

from common import command_line, runtime
from common.command_line import Verb
from common.settings import from_environment
from portal.app import create_app
from portal.settings import PortalSettings


def _serve(_: argparse.Namespace) -> None:
    settings = from_environment(PortalSettings)
    runtime.serve("portal", create_app(settings), settings)


VERBS = {"serve": Verb(_serve, "answer browsers")}


def main() -> None:
    command_line.run("portal", "Web pages for people.", VERBS)


if __name__ == "__main__":
    main()
