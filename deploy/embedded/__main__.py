"""`python -m deploy.embedded`: Jingqiao on this machine until Ctrl-C or SIGTERM, and what is done with it meanwhile."""

import os
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

from rich.console import Console
from rich.progress import Progress

from deploy.embedded import operating, sample_data, summary
from deploy.embedded.errors import StackError
from deploy.embedded.options import parse, plan_of
from deploy.embedded.plan import Plan
from deploy.embedded.stack import Stack

# What one verb alone needs is imported by that verb: a start should not wait for it.
console = Console(stderr=True, highlight=False)


def main() -> int:
    """The command's exit code: 0, 1 when something stood in the way, 130 when Ctrl-C ended it."""
    # SIGINT too: a shell has it ignored in what it starts in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _as_ctrl_c)
    options = parse()
    try:
        return _did(options.verb, plan_of(options), options)
    except StackError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the output, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _did(verb: str, plan: Plan, options: Namespace) -> int:
    match verb:
        case "stop":
            console.print(operating.stop(plan.home), markup=False, soft_wrap=True)
        case "status":
            is_well, lines = operating.status(plan)
            sys.stdout.write("\n".join(lines) + "\n")
            return 0 if is_well else 1
        case "logs":
            operating.logs(plan.logs, options.parts, line_count=options.lines, is_followed=options.follow)
        case "listen":
            from deploy.embedded.listen import listen
            from deploy.nats.accounts import operator_of
            from deploy.nats.identities import Identities

            credentials = options.credentials or Identities(plan.identities).credentials(operator_of("notify"))
            listen(plan.ports["nats"], credentials, options.subject, last=options.last, is_raw=options.raw)
        case "receive":
            from deploy.embedded.receive import receive

            receive(options.port, options.secret)
        case "token":
            token(plan, options)
        case _:
            run(plan, with_samples=not options.without_samples)
    return 0


def token(plan: Plan, asked: Namespace) -> None:
    """The token alone goes to standard output."""
    from deploy.embedded import token_command

    sys.stdout.write(f"{token_command.issued(plan, asked)}\n")
    for line in token_command.explained(plan, asked, datetime.now(UTC)):
        console.print(line, markup=False, soft_wrap=True)


def run(plan: Plan, *, with_samples: bool) -> None:
    """Returns after an orderly stop. A second Ctrl-C, during that stop, comes out as KeyboardInterrupt."""
    started_at = time.monotonic()
    with told_when_killed(), Stack(plan, announce) as stack:
        try:
            stack.start()
            if with_samples:
                load_samples(stack)
            summary.show(console, stack, took_s=time.monotonic() - started_at)
            stack.watch()
        except KeyboardInterrupt:
            console.print("\nStopping … (Ctrl-C again stops at once)")
    console.print("Stopped. Everything is kept in", str(plan.home))


@contextmanager
def told_when_killed() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        console.print("Stopped at once; the next start recovers.")
        raise


def load_samples(stack: Stack) -> None:
    with announce("Samples"), Progress(console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        new_count = sample_data.load(stack.plan.urls, sample_data.record_path(stack.plan), stack.issuer, advance)
    if new_count:
        console.print("  The samples are being matched in the background, which takes about a minute.")


@contextmanager
def announce(step: str) -> Iterator[None]:
    began_at = time.monotonic()
    console.print(f"  {step} …", end="\n" if not console.is_terminal else "\r")
    try:
        yield
    except BaseException:
        console.print()
        raise
    console.print(f"[green]✓[/green] {step} [dim]{time.monotonic() - began_at:.1f} s[/dim]  ")


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
