"""`python -m catalog`: answer HTTP, do the background work, or bring the database up to date."""

import argparse
from pathlib import Path

from catalog.app import create_app, loops
from catalog.settings import CatalogSettings
from common import migrations, runtime
from common.settings import from_environment

MIGRATIONS = Path(__file__).parent / "migrations"
VERBS = {
    "serve": "answer HTTP requests",
    "work": "announce events and close demands at their closing time",
    "migrate": "bring the database to the newest schema",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m catalog", description="Demands and the organisations behind them.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="|".join(VERBS))
    for verb, meaning in VERBS.items():
        verbs.add_parser(verb, help=meaning, description=meaning)
    verb = parser.parse_args().verb
    settings = from_environment(CatalogSettings)
    if verb == "serve":
        runtime.serve("catalog", create_app(settings), settings)
    elif verb == "work":
        runtime.work("catalog", settings, loops(settings))
    else:
        migrations.upgrade(MIGRATIONS, settings.database_url)


if __name__ == "__main__":
    main()
