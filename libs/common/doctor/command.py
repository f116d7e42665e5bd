"""The verb `doctor`: examines a service, prints what was found, and exits with 0 when it is well."""

import argparse
import asyncio
import json
import sys
from typing import NoReturn

from common import logs
from common.doctor import replaying, results
from common.doctor.examination import Examination


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document, for programs")
    replaying.configure(parser)


def run(arguments: argparse.Namespace, examination: Examination) -> None:
    """Exits with 0 when the service is well, 1 when something is broken or could not be examined or replayed."""
    logs.configure(f"{examination.name}-doctor", "CRITICAL")
    if arguments.dead_letters or arguments.replay:
        _about_dead_letters(arguments.replay, examination)
    found = asyncio.run(examination.results())
    if arguments.json:
        printed = json.dumps(results.document(examination.name, found), ensure_ascii=False, indent=1)
    else:
        printed = results.text(examination.name, found)
    sys.stdout.write(printed + "\n")
    sys.exit(0 if results.is_well(found) else 1)


def _about_dead_letters(which: str | None, examination: Examination) -> NoReturn:
    settings = examination.settings
    told = replaying.replayed(which, settings, examination.handlers) if which else replaying.listed(settings)
    lines, is_well = asyncio.run(told)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(0 if is_well else 1)
