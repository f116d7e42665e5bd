"""`python -m deploy.embedded receive`: webhooks of the stack, shown to a person on the same machine."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from deploy.embedded.ports import free_port
from deploy.embedded.receive import TOLERATED_S, fault_of
from notify.signing import secret_of
from tests.integration.test_embedded_listen import MATCH

REPOSITORY = Path(__file__).parents[2]
SECRET = secret_of(bytes(range(32)))
BODY = json.dumps({"data": {"match": MATCH}}).encode()
NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def signed(at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    """The headers by the reference library."""
    signature = Webhook(SECRET).sign("msg_1", at, body.decode())
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def fault(headers: dict[str, str], body: bytes = BODY, at: datetime = NOW) -> str | None:
    return fault_of(headers, body, SECRET, at.timestamp())


def test_what_the_reference_library_signed_is_trusted() -> None:
    assert fault(signed()) is None
    both = {**signed(), "webhook-signature": f"v1,AAAA {signed()['webhook-signature']}"}
    assert fault(both) is None


@pytest.mark.parametrize("seconds", [TOLERATED_S + 1, -TOLERATED_S - 1])
def test_an_old_or_early_request_is_not(seconds: int) -> None:
    assert "webhook-timestamp" in str(fault(signed(), at=NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    "change", [{"webhook-id": "msg_2"}, {"webhook-signature": "v1,AAAA"}, {"webhook-signature": ""}]
)
def test_a_changed_request_is_not(change: dict[str, str]) -> None:
    assert fault({**signed(), **change}) == "its signature is wrong"
    assert fault(signed(), BODY + b" ") == "its signature is wrong"


def test_a_request_without_the_headers_is_not() -> None:
    assert "no webhook-id" in str(fault({}))


@contextmanager
def receiving(*words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    argv = [sys.executable, "-m", "deploy.embedded", "receive", "--port", str(port), *words]
    process = subprocess.Popen(argv, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stderr is not None
        assert f"http://127.0.0.1:{port}/" in process.stderr.readline()
        yield f"http://127.0.0.1:{port}/", process
        process.kill()


def post(url: str, headers: dict[str, str]) -> int:
    with httpx.Client(trust_env=False) as client:
        return client.post(url, content=BODY, headers=headers).status_code


def test_a_person_sees_the_match_and_that_the_signature_was_right() -> None:
    with receiving("--secret", SECRET) as (url, process):
        assert post(url, {**signed(), "webhook-signature": "v1,AAAA"}) == 401
        assert post(url, signed(datetime.now(UTC))) == 204
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(3)]
    assert lines[0].startswith("Refused a request: ")
    assert lines[1:] == ["webhook msg_1  signature right", "强 86  闸口箱体残损识别（某港）"]


def test_without_a_secret_it_says_that_nothing_was_checked() -> None:
    with receiving() as (url, process):
        assert post(url, {"webhook-id": "msg_1"}) == 204
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "webhook msg_1  signature not checked: no --secret"


def test_a_taken_port_is_named() -> None:
    with receiving() as (url, _):
        port = url.rstrip("/").rsplit(":", 1)[1]
        argv = [sys.executable, "-m", "deploy.embedded", "receive", "--port", port]
        done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stderr.split(" (")[0]) == (1, f"cannot listen on port {port}")
