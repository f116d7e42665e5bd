"""`python -m deploy.compose up | down | logs | status`."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deploy.compose import secret_files
from deploy.compose.engine import Engine, EngineError

OWN_ISSUER = "/etc/jingqiao/jwks.json"
"""JWKS when nobody else issues tokens: then `up` does, for a first look."""
EVERYTHING = ("*",)
IDENTITIES = "nats/identities"
TRIAL = "deploy.compose.trial"
WAIT_S = 300
MOST_CPUS = 4
CLUSTER = {
    "NATS_MODE": "cluster",
    "NATS_URL": "nats://nats:4222,nats://nats-2:4222,nats://nats-3:4222",
    "STREAM_REPLICAS": "3",
}
OBSERVED = {"SPANS_TO": "http://collector:4318"}
SHOWN = {"portal": "", "catalog": "/docs", "matcher": "/docs", "notify": "/docs", "grafana": "", "prometheus": ""}


def main(argv: Sequence[str] | None = None) -> int:
    asked = parse(argv)
    try:
        return _did(asked)
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.compose", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    up = verbs.add_parser("up", help="build, start, wait until everything is well, say where it is")
    up.add_argument("--profile", action="append", default=[], help="observability; may be repeated")
    up.add_argument("--nats", choices=("single", "cluster"), default="single", help="one NATS server or three")
    up.add_argument("--without-samples", action="store_true", help="start with empty databases")
    up.add_argument("--without-build", action="store_true", help="with the images that are there")
    down = verbs.add_parser("down", help="stop and remove the containers; data and secrets stay")
    down.add_argument("--volumes", action="store_true", help="remove the data, too")
    logs = verbs.add_parser("logs", help="print the newest lines of the logs")
    logs.add_argument("parts", nargs="*", metavar="PART", help="catalog, catalog-work, nats …")
    verbs.add_parser("status", help="say of each container how it is")
    verbs.add_parser("is-up", help="end with 0 when containers of this project run")
    verbs.add_parser("check", help="end with 1, and say why, where there is no container engine")
    return parser.parse_args(argv)


def _did(asked: argparse.Namespace) -> int:
    everything = Engine(EVERYTHING)
    match asked.verb:
        case "up":
            up(asked)
        case "down":
            everything.check()
            everything.run("down", "--remove-orphans", *(["--volumes"] if asked.volumes else []))
        case "logs":
            return everything.code_of("logs", "--tail", "10", *asked.parts)
        case "status":
            return everything.code_of("ps", "--all", "--format", "table {{.Service}}\t{{.Status}}")
        case "check":
            everything.check()
        case "is-up":
            return 0 if everything.is_up() else 1
    return 0


def up(asked: argparse.Namespace) -> None:
    began = time.monotonic()
    is_cluster = asked.nats == "cluster"
    profiles = (*asked.profile, *(["nats-cluster"] if is_cluster else []))
    processors = min(Engine().check(), MOST_CPUS)
    env = {"LARGE_CPUS": f"{processors}"}
    env |= CLUSTER if is_cluster else {}
    env |= OBSERVED if "observability" in profiles else {}
    engine = Engine(profiles, env)
    config = engine.config()
    folder, services = Path(config["configs"]["jwks"]["file"]).parent, config["services"]
    if made := secret_files.ensure(folder):
        sys.stdout.write(f"Made {', '.join(made)} in {folder}\n")
    if not asked.without_build:
        engine.run("build", "--quiet")
    _tool(engine, "deploy.nats", f"/state/{IDENTITIES}")
    secret_files.open_to_containers(folder / IDENTITIES)
    is_trial = services["catalog"]["environment"]["JINGQIAO_JWKS"] == OWN_ISSUER
    if is_trial:
        _tool(engine, TRIAL, "issuer")
    engine.run("up", "--detach", "--wait", "--wait-timeout", str(WAIT_S), "--remove-orphans")
    if is_trial:
        _tool(engine, TRIAL, "shell" if asked.without_samples else "samples")
    shell = folder / "shell.sh" if is_trial else None
    sys.stdout.write("\n".join(summary(services, shell, took_s=time.monotonic() - began)) + "\n")


def _tool(engine: Engine, module: str, *words: str) -> None:
    """Runs a module inside the image of catalog, on the folder of secrets, under the account of this process."""
    account = f"{os.getuid()}:{os.getgid()}"
    how = ("--rm", "--no-deps", "--user", account, "--interactive=false")
    engine.run("--profile", "tools", "run", *how, "tools", module, *words)


def summary(services: dict[str, Any], shell: Path | None, *, took_s: float) -> Iterator[str]:
    """What a person reads once everything is well; `shell` is the file with tokens, where we issue them."""
    yield f"\nJingqiao 景桥 is running (ready in {took_s:.0f} s)\n"
    for name, path in SHOWN.items():
        for port in services.get(name, {}).get("ports", []):
            yield f"  {name:<11} http://{port['host_ip']}:{port['published']}{path}"
    for port in services["nats"]["ports"]:
        yield f"  {'events':<11} nats://{port['host_ip']}:{port['published']}"
    if shell is not None:
        yield f"\n  tokens and addresses for your shell:  . {os.path.relpath(shell)}"
        yield "  These tokens are for a first look: set JWKS, ISSUER and AUDIENCE to those of your identity provider."
    yield "\n  make logs, make down"


if __name__ == "__main__":
    sys.exit(main())
