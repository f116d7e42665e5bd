"""A receiver with the reference library of Standard Webhooks accepts our requests, and only ours."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from notify import signing

KEYS = st.binary(min_size=signing.KEY_BYTES, max_size=signing.KEY_BYTES)


@given(key=KEYS, text=st.text(), message_id=st.uuids().map(str))
def test_the_reference_library_accepts_what_we_sign(key: bytes, text: str, message_id: str) -> None:
    body = json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "replace")
    headers = signing.headers([signing.secret_of(key)], message_id, datetime.now(UTC), body)
    assert Webhook(signing.secret_of(key)).verify(body, headers)


@given(old=KEYS, new=KEYS)
def test_during_a_rotation_both_secrets_are_accepted(old: bytes, new: bytes) -> None:
    secrets = [signing.secret_of(new), signing.secret_of(old)]
    headers = signing.headers(secrets, "id-1", datetime.now(UTC), b"{}")
    for secret in secrets:
        assert Webhook(secret).verify(b"{}", headers) == {}


@given(key=KEYS, other=KEYS)
def test_another_key_body_id_or_time_is_not_accepted(key: bytes, other: bytes) -> None:
    secret = signing.secret_of(key)
    headers = signing.headers([secret], "id-1", datetime.now(UTC), b"{}")
    stranger = secret if key == other else signing.secret_of(other)
    forged = [
        (secret, b"[]", headers),
        (secret, b"{}", {**headers, "webhook-id": "id-2"}),
        (secret, b"{}", {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}),
        *([(stranger, b"{}", headers)] if stranger != secret else []),
    ]
    for by, body, seen in forged:
        with pytest.raises(WebhookVerificationError):
            Webhook(by).verify(body, seen)


def test_a_secret_is_the_prefix_and_base64_of_its_key() -> None:
    secret = signing.secret_of(bytes(range(32)))
    assert secret.startswith("whsec_")
    assert base64.b64decode(secret.removeprefix("whsec_")) == bytes(range(32))


@pytest.mark.parametrize("secret", ["", "abc", "whsec_not base64!", "sealed:xyz"])
def test_what_is_not_a_secret_signs_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        signing.headers([secret], "id-1", datetime.now(UTC), b"{}")
