"""The command line of notify."""

import argparse
from pathlib import Path

from common import migrations, runtime
from common.settings import from_environment
from notify.app import create_app, loops
from notify.settings import NotifySettings

VERBS = {
    "serve": "answer HTTP",
    "work": "consume matches and make deliveries",
    "migrate": "bring the database to the newest schema",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m notify", description="Subscriptions and deliveries.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, purpose in VERBS.items():
        verbs.add_parser(verb, help=purpose, description=purpose.capitalize() + ".")
    verb = parser.parse_args().verb
    settings = from_environment(NotifySettings)
    match verb:
        case "serve":
            runtime.serve("notify", create_app(settings), settings)
        case "work":
            runtime.work("notify", settings, loops(settings))
        case "migrate":
            migrations.upgrade(Path(__file__).parent / "migrations", settings.database_url)


if __name__ == "__main__":
    main()
