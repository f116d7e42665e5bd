"""Signatures over canonical JSON: made, checked, and refused in every way in which they can be wrong."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from common import signatures

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
X = signatures.x_of(KEY)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def test_a_thumbprint_is_that_of_the_standard() -> None:
    # RFC 8037, appendix A.3.
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert signatures.thumbprint(x) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@given(JSON)
def test_a_signature_holds_however_the_document_is_written(document: object) -> None:
    signature = signatures.sign(KEY, document)
    assert signatures.is_signed(X, json.loads(json.dumps(document, indent=2)), signature)


def test_a_signature_holds_for_its_document_and_its_key_alone() -> None:
    signature = signatures.sign(KEY, {"measured": 97.2})
    other = signatures.x_of(Ed25519PrivateKey.generate())
    assert signatures.is_signed(X, {"measured": 97.20}, signature)
    assert not signatures.is_signed(X, {"measured": 97.3}, signature)
    assert not signatures.is_signed(other, {"measured": 97.2}, signature)
    for wrong in ("", "AA", signature[:-1], signature + "=", "*" * 86, signature.swapcase()):
        assert not signatures.is_signed(X, {"measured": 97.2}, wrong)


def test_a_key_that_many_documents_are_signed_under_is_none() -> None:
    one = bytes([1]) + bytes(31)
    anything = one + bytes(32)
    # The library takes it for a signature of whatever there is.
    Ed25519PublicKey.from_public_bytes(one).verify(anything, b"this")
    Ed25519PublicKey.from_public_bytes(one).verify(anything, b"and that")
    with pytest.raises(ValueError, match="small order"):
        signatures.public_key(signatures.encoded(one))
    assert not signatures.is_signed(signatures.encoded(one), "this", signatures.encoded(anything))


def test_a_private_key_is_read_from_the_file_it_was_written_to() -> None:
    pem = signatures.new_private_key()
    assert signatures.x_of(signatures.private_key(pem)) == signatures.x_of(signatures.private_key(pem))
    with pytest.raises(ValueError, match="PEM"):
        signatures.private_key("-----BEGIN NOTHING-----")
