"""The receiver for a shell believes what the reference library signed, and nothing else."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from notify.signing import secret_of

VERIFY = Path(__file__).parents[2] / "deploy" / "receivers" / "verify.sh"
OLD, NEW = secret_of(bytes(range(32))), secret_of(bytes(range(32, 64)))
BODY = '{"title": "集装箱码头岸桥远程操控"}'


def _verified(secret: str, at: datetime, signatures: str, body: str = BODY, message_id: str = "msg_1") -> bool:
    argv = [str(VERIFY), message_id, str(int(at.timestamp())), signatures]
    env = {**os.environ, "WEBHOOK_SECRET": secret}
    return subprocess.run(argv, input=body.encode(), env=env, capture_output=True, check=False).returncode == 0


def test_a_right_signature_of_either_secret_is_believed() -> None:
    at = datetime.now(UTC)
    both = " ".join(Webhook(secret).sign("msg_1", at, BODY) for secret in (NEW, OLD))
    assert _verified(OLD, at, both)
    assert _verified(NEW, at, both)


@pytest.mark.parametrize("seconds", [-400, 400])
def test_an_old_or_early_request_is_not(seconds: int) -> None:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    assert not _verified(NEW, at, Webhook(NEW).sign("msg_1", at, BODY))


def test_nothing_in_what_was_sent_is_taken_for_a_pattern() -> None:
    at = datetime.now(UTC)
    assert not _verified(NEW, at, "*")
    assert _verified(NEW, at, f"* {Webhook(NEW).sign('msg_1', at, BODY)}")


def test_a_changed_request_is_not() -> None:
    at = datetime.now(UTC)
    signed = Webhook(NEW).sign("msg_1", at, BODY)
    assert not _verified(NEW, at, signed, BODY + " ")
    assert not _verified(NEW, at, signed, message_id="msg_2")
    assert not _verified(OLD, at, signed)
    assert not _verified(NEW, at, "")
