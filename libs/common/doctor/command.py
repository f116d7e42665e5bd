"""The verb `doctor`: examines a service, prints what was found, and exits with 0 when it is well."""

import argparse
import asyncio
import json
import sys

from common import logs
from common.doctor import results
from common.doctor.examination import Examination


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document, for programs")


def run(arguments: argparse.Namespace, examination: Examination) -> None:
    """Exits with 0 when the service is well, 1 when something is broken or could not be examined."""
    logs.configure(f"{examination.name}-doctor", "CRITICAL")
    found = asyncio.run(examination.results())
    if arguments.json:
        printed = json.dumps(results.document(examination.name, found), ensure_ascii=False, indent=1)
    else:
        printed = results.text(examination.name, found)
    sys.stdout.write(printed + "\n")
    sys.exit(0 if results.is_well(found) else 1)
