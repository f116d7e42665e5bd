"""What a person reads once everything runs: addresses, tokens, a first request, where things are kept."""

import shlex
from pathlib import Path

from rich.console import Console

from deploy.embedded import shell_file
from deploy.embedded.plan import USUAL_HOME
from deploy.embedded.ports import variable_for
from deploy.embedded.stack import Stack

FIRST_REQUEST = """\
curl -s "$MATCHER/v1/fits" -H "Authorization: Bearer $ENTERPRISE_TOKEN" -H 'Content-Type: application/json' \\
     -d '{"text": "用线阵相机识别集装箱箱体残损，车辆不停车通过"}' | python3 -m json.tool --no-ensure-ascii"""


def show(console: Console, stack: Stack, *, took_s: float) -> None:
    shell = write_shell(stack)
    lines = [f"\n[bold]Jingqiao 景桥 is running[/bold] (started in {took_s:.1f} s)\n"]
    lines += [
        f"  [bold]open   {stack.plan.url(page)}[/bold]   web pages, with sample logins" for page in stack.plan.pages
    ]
    lines += [f"  {service}  {url}   API {url}/docs" for service, url in stack.plan.urls.items()]
    lines += [
        f"  events   {stack.nats.url}    watch them with: {_command(stack)} listen",
        f"\n  tokens and addresses for your shell:  [bold]. {shlex.quote(str(shell))}[/bold]",
        f"  logs: {stack.plan.logs}\n\n  A first request, in another terminal:\n",
    ]
    for line in lines:
        console.print(line, soft_wrap=True)
    console.print(f". {shlex.quote(str(shell))}\n{FIRST_REQUEST}", soft_wrap=True, markup=False)
    console.print("\n  [bold]Ctrl-C stops everything[/bold]; what was stored is there again at the next start.")


def write_shell(stack: Stack) -> Path:
    """A file to source in a shell, in which every command then finds this stack: the same names whatever the stack, so
    that nothing of another is kept."""
    plan = stack.plan
    variables = {service.upper(): plan.url(service) for service in (*plan.services, *plan.pages)}
    variables |= {f"{service.upper()}_DATABASE_URL": stack.postgres.service_url(service) for service in plan.services}
    variables |= {variable_for(f"{name}-port"): str(port) for name, port in plan.ports.items()}
    variables |= {
        "NATS": stack.nats.url,
        **shell_file.tokens(stack.issuer),
        "JINGQIAO_HOME": str(plan.home),
        "JINGQIAO_CACHE": str(plan.cache),
        "JINGQIAO_PORT_OFFSET": "0",  # the ports are named above
        "JINGQIAO_NATS_URL": stack.nats.url,
        **stack.broker_settings,
        **stack.issuer.settings,
    }
    return shell_file.write(plan.home / "shell.sh", variables)


def _command(stack: Stack) -> str:
    """How a shell that has not read the file above leads a command to this stack, whose folder knows its ports."""
    home = "" if stack.plan.home == USUAL_HOME else f" --home {shlex.quote(str(stack.plan.home))}"
    return f".venv/bin/python -m deploy.embedded{home}"
