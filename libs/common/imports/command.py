"""`python -m <service> import FILE`: the same over HTTP, for a person at a terminal."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from common.imports.rules import ImportState, Wanted
from common.progress import counted

POLL_S = 0.3
MOST_NAMED = 200
"""Remarks that are printed; the report has all."""
FINE, LEFT_OUT, REFUSED = 0, 1, 2
"""Exit statuses: every row is good; some are left out; the file, the address or the token is refused."""
_UNFINISHED = {ImportState.WAITING, ImportState.READING, ImportState.COMMITTING}
Reply = dict[str, Any]


class CannotImport(Exception):
    """One line that says what is wrong with the file, the address or the token."""


@dataclass(frozen=True)
class ImportDoor:
    """Where to send files, and in whose name."""

    address: str
    token: str


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=".xlsx, .xls, .csv, or .docx with tables")
    parser.add_argument(
        "--commit", choices=[*Wanted], nargs="?", const=Wanted.ALL, help="make rows into drafts: all, or the good ones"
    )
    parser.add_argument("--kind", help="of rows that name none")
    parser.add_argument("--address", help="of the service's HTTP API; else the variable of the shell file")
    parser.add_argument("--token", help="access token; else the variable of the shell file")


def run(arguments: Namespace, door: ImportDoor) -> int:
    """Send the file, wait for its report, print its remarks on stderr, and commit when told to; the exit status."""
    address, token = arguments.address or door.address, arguments.token or door.token
    try:
        with _client(address, token) as client:
            return _imported(client, arguments)
    except (CannotImport, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except httpx.HTTPError as error:
        sys.stderr.write(f"{address} does not answer: {type(error).__name__}\n")
        return REFUSED


def _client(address: str, token: str) -> httpx.Client:
    if not token:
        raise CannotImport("an access token is needed: --token")
    # trust_env: a proxy of this machine has no business with the addresses of a deployment's own services.
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False)


def _imported(client: httpx.Client, arguments: Namespace) -> int:
    params = {"name": arguments.file.name, **({"kind": arguments.kind} if arguments.kind else {})}
    headers = {"Content-Type": "application/octet-stream"}
    sent = _told(client.post("/v1/imports", content=arguments.file.read_bytes(), params=params, headers=headers))
    where = f"/v1/imports/{sent['id']}"
    if sent["is_repeated"]:
        sys.stderr.write(f"{arguments.file.name} was sent before; this is what became of it\n")
    report = _watched(client, where, "read", "row_count")
    if report["state"] == ImportState.REFUSED:
        raise CannotImport(f"{arguments.file}: {report['refusal']['detail']}")
    _print_remarks(client, where)
    if arguments.commit and report["state"] == ImportState.READ:
        _told(client.post(f"{where}/commit", json={"rows": arguments.commit}))
        report = _watched(client, where, "committed", "committed_count")
        if report["refusal"]:
            raise CannotImport(f"{arguments.file}: {report['refusal']['detail']}")
    sys.stdout.write(_summary(report, where))
    return LEFT_OUT if report["bad_count"] else FINE


def _watched(client: httpx.Client, where: str, label: str, counts: str) -> Reply:
    """The import when nothing is left to do in the background, with a bar meanwhile."""
    report = _told(client.get(where))
    with counted(label, report["row_total"] or 1) as advance:
        while report["state"] in _UNFINISHED:
            time.sleep(POLL_S)
            report = _told(client.get(where))
            advance(report[counts])
        advance(max(report[counts], report["row_total"] or 0))
    return report


def _print_remarks(client: httpx.Client, where: str) -> None:
    said = 0
    for row in _rows(client, where):
        for remark in row["remarks"]:
            if remark["level"] != "note" and (said := said + 1) <= MOST_NAMED:
                sys.stderr.write(
                    f"{remark['place']}: {remark['level']}: {remark['field'] or 'row'}: {remark['detail']}\n"
                )
    if said > MOST_NAMED:
        sys.stderr.write(f"… and {said - MOST_NAMED} more: GET {where}/rows\n")


def _rows(client: httpx.Client, where: str) -> Iterator[Reply]:
    for state in ("bad", "warned", "same"):
        page: str | None = f"{where}/rows?state={state}&limit=200"
        while page:
            reply = client.get(page)
            yield from _told(reply)["items"]
            page = reply.links["next"]["url"] if "next" in reply.links else None


def _summary(report: Reply, where: str) -> str:
    counts = ", ".join(f"{report[f'{name}_count']} {name}" for name in ("good", "warned", "bad", "same", "committed"))
    return f"{report['file_name']}: {counts} ({where})\n"


def _told(reply: httpx.Response) -> Reply:
    if reply.is_success:
        content: Reply = reply.json()
        return content
    try:
        raise CannotImport(str(reply.json()["detail"]))
    except (ValueError, KeyError, TypeError):
        raise CannotImport(f"{reply.url} answers {reply.status_code}") from None
