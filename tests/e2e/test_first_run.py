"""A first `make run`: the samples are there, and what the READMEs tell a newcomer to type prints what they say."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.embedded.plan import RECEIVER_PORT
from deploy.embedded.ports import free_port
from deploy.embedded.sample_data import by_id, rows
from tests.support.checkout import Checkout, blocks
from tests.support.eventually import eventually

READMES = ("README.md", "README.zh-CN.md")
NEEDED = ("curl", "make", "bash")
STARTED_WITHIN_S = 240.0
A_MOMENT_S = 60.0
"""A first run matches the samples meanwhile, here on a machine that does other things too."""

pytestmark = pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"the READMEs use {', '.join(NEEDED)}")


FILES = {"organisations": "organisations", "demands": "demands", "profiles": "offers", "lists": "lists"}
"""The list that holds what a sample file has."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """As `make run` leaves it the first time, a moment ago."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    with checkout.running(within=STARTED_WITHIN_S):
        yield checkout


def test_both_languages_have_one_type_the_same() -> None:
    """So what holds of the English README holds of the Chinese one; only its remarks are in its own words."""
    english, chinese = ([(_plain(one.typed), one.printed, one.is_endless) for one in blocks(name)] for name in READMES)
    assert english == chinese


def _plain(typed: str) -> list[str]:
    return [line for line in typed.splitlines() if not line.startswith("#")]


def counts(stack: Checkout) -> dict[str, int]:
    services = {"profiles": "matcher"}
    return {name: count(stack.url(services.get(name, "catalog"), f"/v1/{name}")) for name in FILES}


def count(url: str) -> int:
    total, wanted = 0, httpx.QueryParams({"limit": 200})
    with httpx.Client(trust_env=False) as client:
        while True:
            page = client.get(url, params=wanted).raise_for_status().json()
            total += len(page["items"])
            if page["cursor"] is None:
                return total
            wanted = wanted.set("cursor", page["cursor"])


def test_loading_samples_twice_changes_nothing(stack: Checkout) -> None:
    """Comes first: nobody published anything else yet."""
    loaded = counts(stack)
    assert loaded == {name: len(rows(file)) for name, file in FILES.items()}
    assert stack.load_samples() == 0
    stack.forget_loaded_samples()
    assert stack.load_samples() > 0
    assert counts(stack) == loaded


async def test_what_is_typed_prints_what_is_printed(stack: Checkout) -> None:
    readme = blocks(READMES[0])
    assert [block.is_endless for block in readme] == [False, False, True, False, True, False, False]
    port = str(free_port())
    for block in readme:
        typed = block.typed.replace(f":{RECEIVER_PORT}/", f":{port}/").replace(" receive ", f" receive --port {port} ")
        if block.is_endless:
            assert block.printed in stack.watched(typed, block.printed, within=A_MOMENT_S)
        elif block.printed:
            await eventually(partial(_prints, stack, typed, block.printed), within=A_MOMENT_S, every=0.5, what=typed)
        else:
            stack.typed(typed)


def _prints(stack: Checkout, typed: str, wanted: str) -> bool:
    """Whether the output has everything between the ellipses of `wanted`, in that order, whatever the white space."""
    shown, at = _squeezed(stack.typed(typed)), 0
    for part in map(_squeezed, wanted.split("…")):
        at = shown.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).strip(",[]{}")


def test_one_sample_objection_is_decided_and_one_has_its_clock_running(stack: Checkout) -> None:
    with httpx.Client(trust_env=False) as client:
        items = client.get(stack.url("matcher", "/v1/objections")).raise_for_status().json()["items"]
    assert {one["state"]: (bool(one["decision"]), one["due_on"] is None) for one in items} == {
        "rejected": (True, True),
        "accepted": (False, False),
    }


async def test_the_match_of_a_validated_sample_cites_what_was_measured(stack: Checkout) -> None:
    """From the accepted result in catalog over the broker to the verdict in matcher, and back to its proof."""
    [sample] = rows("validations")
    offer = by_id("offers")[sample["offer"]]
    firm = by_id("organisations")[offer["organisation"]]
    headers = stack.bearer(firm["scheme"], firm["code"], firm["name"], "enterprise")

    async def cited() -> list[dict[str, Any]]:
        reply = await client.get(stack.url("matcher", "/v1/matches"), params={"limit": 200}, headers=headers)
        return [each for match in reply.json()["items"] for each in match["verdicts"] if each["validation"]]

    async with httpx.AsyncClient(trust_env=False) as client:
        verdict, *_ = await eventually(cited, within=60, every=0.5, what="a verdict cites the validation")
        assert (verdict["code"], verdict["outcome"]) == ("validation_meets", "satisfied")
        proof = (await client.get(stack.url("catalog", verdict["validation"]["verification"]))).json()
        assert (proof["verdict"], proof["sha256"]) == ("valid", verdict["validation"]["result_sha256"])


def shell(stack: Checkout) -> Path:
    return stack.plan.home / "shell.sh"


def typed(stack: Checkout, command: str) -> list[str]:
    words = f". {shlex.quote(str(shell(stack)))} && exec {shlex.quote(sys.executable)} -m {command}"
    return ["bash", "-c", words]


def test_the_shell_file_leads_every_command_to_this_stack(stack: Checkout) -> None:
    token = subprocess.check_output(
        typed(stack, "deploy.embedded token lei 529900T8BM49AURSDO55 x enterprise"), text=True
    )
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {token.strip()}"}) as client:
        assert client.get(stack.url("matcher", "/v1/matches")).status_code == 200
    subprocess.run(typed(stack, "matcher migrate"), check=True)
    with subprocess.Popen(typed(stack, "deploy.embedded listen"), stderr=subprocess.PIPE, text=True) as listening:
        assert listening.stderr is not None
        said = listening.stderr.readline()
        listening.kill()
    assert f"127.0.0.1:{stack.plan.ports['nats']}" in said
    status = subprocess.run(typed(stack, "deploy.embedded status"), capture_output=True, text=True)
    assert status.returncode == 0, status.stdout
    assert all(f":{stack.url(service).rsplit(':', 1)[1]} " in status.stdout for service in ("catalog", "notify"))


def test_a_token_says_until_when_and_for_what_and_warns_of_a_code_nobody_has(stack: Checkout) -> None:
    known, unknown = rows("organisations")[0]["code"], "91370211MA3N0B0D6T"

    def told(code: str) -> str:
        done = subprocess.run(
            typed(stack, f"deploy.embedded token uscc {code} x enterprise"), capture_output=True, text=True, check=True
        )
        return done.stderr

    assert f"For uscc:{known} (x), until 20" in told(known)
    assert "keeps capability profiles" in told(known)
    assert "Warning" not in told(known)
    assert f"Warning: no organisation uscc:{unknown} is recorded here." in told(unknown)


def test_a_shell_file_that_is_cut_short_exports_nothing(stack: Checkout, tmp_path: Path) -> None:
    whole = shell(stack).read_text()
    cut = tmp_path / "shell.sh"
    for length in range(0, len(whole) - 2, 97):
        cut.write_text(whole[:length])
        assert exported(f". {cut}") == exported(":")
    cut.write_text(whole)
    assert "JINGQIAO_HOME" in exported(f". {cut}")


def exported(words: str) -> set[str]:
    """Names in the environment of a shell that was given these words."""
    done = subprocess.run(["bash", "-c", f"{words}; env -0"], env={"PATH": os.environ["PATH"]}, capture_output=True)
    return {entry.split(b"=")[0].decode() for entry in done.stdout.split(b"\0")}
