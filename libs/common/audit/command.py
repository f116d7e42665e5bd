"""The verb `audit`: says whether the audit entries of a service are as they were written."""

import asyncio
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from sqlalchemy import Table

from common.audit import repository, verifying
from common.audit.chain import START, ChainHead, head_of
from common.audit.verifying import AuditVerdict
from common.database import Database
from common.errors import Unavailable
from common.progress import counted
from common.settings import ServiceSettings


def configure(parser: ArgumentParser) -> None:
    """Give `parser` the arguments of this verb."""
    verbs = parser.add_subparsers(dest="audit", required=True, metavar="verify|anchor")
    verify = verbs.add_parser("verify", help="find what was edited, inserted, moved or removed")
    verify.add_argument(
        "--anchor", action="append", default=[], type=_anchor, help="POSITION:DIGEST that was kept elsewhere"
    )
    verify.add_argument("--json", action="store_true", help="print one JSON document, for programs")
    verbs.add_parser("anchor", help="print how far the chain goes, to be kept elsewhere")


def _anchor(written: str) -> ChainHead:
    try:
        return head_of(written)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def run(arguments: Namespace, settings: ServiceSettings, entries: Table) -> int:
    """The exit status: 0 when all agrees, 1 when something does not, 2 when the database cannot be had."""
    try:
        return asyncio.run(run_verb(arguments, settings, entries))
    except Unavailable as error:
        sys.stderr.write(f"{error.detail}\n")
        return 2


async def run_verb(arguments: Namespace, settings: ServiceSettings, entries: Table) -> int:
    """The same within a loop that runs. Raises Unavailable."""
    database = Database(settings)
    try:
        if arguments.audit == "anchor":
            async with database.begin() as session:
                sys.stdout.write(f"{await repository.last(session) or START}\n")
            return 0
        verdict = await verified(database, entries, arguments.anchor)
    finally:
        await database.close()
    sys.stdout.write(_document(verdict) if arguments.json else _text(verdict))
    return 1 if verdict.faults else 0


async def verified(database: Database, entries: Table, anchors: list[ChainHead]) -> AuditVerdict:
    async with database.begin() as session:
        last = await repository.last(session) or START
        with counted("Audit", last.position) as advance:
            return await verifying.verify(session, entries, anchors, advance)


def _document(verdict: AuditVerdict) -> str:
    faults = [
        {"what": one.what, "position": one.position, "entry": str(one.entry_id) if one.entry_id else None}
        for one in verdict.faults
    ]
    told = {
        "head": str(verdict.head),
        "entries": verdict.head.position,
        "waiting": verdict.waiting_count,
        "faults": faults,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def _text(verdict: AuditVerdict) -> str:
    lines = [str(one) for one in verdict.faults]
    whole = "all agree" if not lines else f"{len(lines)} do not agree"
    summary = f"{verdict.head.position} entries in the chain, {verdict.waiting_count} wait for their place; {whole}"
    return "".join(f"{line}\n" for line in [*lines, summary, f"anchor {verdict.head}"])
