"""What a host does with its keys where it works, and anybody with a signed result in hand; none of it asks a server."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from catalog.signing_keys.rules import Verdict
from catalog.signing_keys.schemas import KeySetOut
from common import private_file, signatures
from common.canonical import digest


def configure_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="where to write the private key, PEM; it must not exist yet")


def configure_sign(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", type=Path, help="the private key, as `key` wrote it")
    parser.add_argument("result", type=Path, help="what GET /v1/validations/{id}/result answered")


def configure_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", type=Path, help="what GET /v1/validations/{id}/result answered, signature included")
    parser.add_argument("keys", type=Path, help="what GET /v1/signing-keys/of/{scheme}/{code} answered for its host")


def key(arguments: argparse.Namespace) -> None:
    """Make a pair, keep the private half, print the body that registers the public one."""
    if arguments.file.exists():
        sys.exit(f"{arguments.file} is there already; a key is never written over")
    pem = signatures.new_private_key()
    private_file.write(arguments.file, pem)
    _print(signatures.jwk(signatures.x_of(signatures.private_key(pem))))


def sign(arguments: argparse.Namespace) -> None:
    """Print the body that signs a result."""
    document = _read(arguments.result).get("result")
    if document is None:
        sys.exit(f"{arguments.result} has no member `result`; give what GET /v1/validations/{{id}}/result answered")
    try:
        private = signatures.private_key(arguments.key.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"{arguments.key} cannot be read as a key: {error}")
    kept = {"key_id": signatures.thumbprint(signatures.x_of(private)), "value": signatures.sign(private, document)}
    sys.stderr.write(f"SHA-256 of what is signed: {digest(document)}\n")
    _print(kept)


def verify(arguments: argparse.Namespace) -> None:
    """Print `valid`, `wrong` or `key_revoked`; the exit code is 0 for the first alone."""
    presented = _read(arguments.result)
    try:
        keys = KeySetOut.model_validate(_read(arguments.keys))
        document, signature = presented["result"], presented["signature"]
        found = verdict(keys, document, signature["key_id"], signature["value"])
    except (KeyError, TypeError, ValidationError):
        sys.exit("give a result with its signature, and the key set of its host")
    sys.stdout.write(f"{found} SHA-256 {digest(document)}\n")
    sys.exit(0 if found is Verdict.VALID else 1)


def verdict(keys: KeySetOut, document: Any, key_id: str, value: str) -> Verdict:
    """What a signature is worth by a key set; of a revoked key it is not asked whether it fits."""
    if any(each.kid == key_id for each in keys.revoked):
        return Verdict.KEY_REVOKED
    named = [each.x for each in keys.keys if each.kid == key_id]
    return Verdict.VALID if any(signatures.is_signed(x, document, value) for x in named) else Verdict.WRONG


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"{path} cannot be read as JSON: {error}")
    if not isinstance(found, dict):
        sys.exit(f"{path} is no JSON object")
    return found


def _print(document: dict[str, str]) -> None:
    sys.stdout.write(f"{json.dumps(document)}\n")
