"""What a person reads once everything runs: addresses, tokens, a first request, where things are kept."""

import os
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.embedded.stack import Stack

LIFETIME_S = 7 * 24 * 3600.0

PUBLISHER = ("uscc", "91370211MA3QDK2Q8B", "青岛港（示例）")
ENTERPRISE = ("uscc", "91370212MALQE5E55W", "海尔集团（示例）")


def show(console: Console, stack: Stack, *, took_s: float) -> None:
    plan = stack.plan
    table = Table(title=f"Jingqiao 景桥 runs ({took_s:.1f} s)", title_justify="left", show_header=False, box=None)
    for service in plan.services:
        table.add_row(service, plan.url(service), f"API: {plan.url(service)}/docs")
    table.add_row("events", stack.nats.url, "NATS with JetStream")
    table.add_row("state", str(plan.home), f"logs: {plan.logs}")
    console.print(table)
    tokens = write_tokens(stack)
    console.print(f"Tokens are in {tokens}; Ctrl-C stops everything.", soft_wrap=True)


def write_tokens(stack: Stack) -> Path:
    """A file to source in a shell, for its owner only."""
    publisher = stack.issuer.mint(*PUBLISHER, ["publisher"], lifetime_s=LIFETIME_S)
    enterprise = stack.issuer.mint(*ENTERPRISE, ["enterprise"], lifetime_s=LIFETIME_S)
    path = stack.plan.home / "tokens.env"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(f"export PUBLISHER_TOKEN={publisher}\nexport ENTERPRISE_TOKEN={enterprise}\n")
    return path
