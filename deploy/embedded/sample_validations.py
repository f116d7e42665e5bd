"""Has a sample solution measured at a sample test bed, as its parties would, from request to accepted result."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import signatures

Row = dict[str, Any]
Send = Callable[..., Row]
"""As a side, a method and a path of catalog, with a body or the bytes of a PDF, and an If-Match; returns the reply."""

OWNER, FIRM, HOST = "owner", "firm", "host"
SLOT_AFTER = timedelta(days=21, hours=1)
"""From the midnight before the first load, UTC: nine in the morning in China."""
REPORT = b"%PDF-1.4\n% An invented report of an invented test; there is nothing in it.\n%%EOF\n"


def validate(send: Send, row: Row, match: Row, began_at: datetime) -> None:
    """Open a bed with a slot, ask for the validation, measure, sign and accept.

    match  of the demand and the profile that the result becomes evidence of
    """
    key = _key(row["id"])
    send(HOST, "POST", "/v1/signing-keys", signatures.jwk(signatures.x_of(key)))
    bed = send(HOST, "POST", "/v1/test-beds", row["bed"])
    starts_at = began_at + SLOT_AFTER
    slot = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=8)).isoformat()}
    [slot] = send(HOST, "POST", f"/v1/test-beds/{bed['id']}/slots", {"slots": [slot]})["slots"]
    asked = {"demand_id": match["demand_id"], "profile_id": match["profile_id"], "test_bed_id": bed["id"]}
    validation = send(FIRM, "POST", "/v1/validations", {**asked, "subject": row["subject"]})
    path = f"/v1/validations/{validation['id']}"
    send(HOST, "POST", f"{path}/approve")
    send(FIRM, "POST", f"{path}/schedule", {"slot_id": slot["id"]})
    send(HOST, "POST", f"{path}/start")
    _report(send, path, row["measured"], key)
    send(OWNER, "POST", f"{path}/accept")


def _report(send: Send, path: str, measured: list[float], key: Ed25519PrivateKey) -> None:
    """Measure and sign, unless that was done before the last load broke off."""
    present = send(HOST, "GET", path)
    if present["state"] != "running":
        return
    send(HOST, "PUT", f"{path}/measurements", {"measured": measured}, tag=f'"{present["version"]}"')
    send(HOST, "PUT", f"{path}/report/report.pdf", REPORT)
    result = send(HOST, "GET", f"{path}/result")["result"]
    signature = {"key_id": signatures.thumbprint(signatures.x_of(key)), "value": signatures.sign(key, result)}
    send(HOST, "POST", f"{path}/sign", signature)


def _key(name: str) -> Ed25519PrivateKey:
    """The same at each load, and known to everyone: good for samples alone."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"sample/{name}".encode()).digest())
