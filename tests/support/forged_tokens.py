"""Tokens that must not be taken: forged, of another time, for or from somebody else, or made to break their reader."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

Claims = dict[str, Any]
ISSUER, AUDIENCE = "https://login.example.cn", "jingqiao"
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
TURNING = ("\u202e府政民人市岛青", "\u2067甲")
ODD_TEXTS = ("", " ", "\x00", "甲\x00乙", "甲\n乙", "\ud800", "甲" * 7000, *TURNING, "\u200b")
ODD_VALUES: tuple[Any, ...] = (None, True, 7, 1.5, [], ["a"], {}, {"a": 1}, *ODD_TEXTS)
ODD_TIMES: tuple[Any, ...] = (None, "soon", "", [], {}, True, -1, 0, float("inf"), float("nan"), 10**400, -(10**400))


@dataclass(frozen=True)
class Key:
    """A signing key of an issuer, with its public half as a JSON Web Key."""

    algorithm: str
    private: Any
    jwk: dict[str, Any]

    @property
    def key_id(self) -> str:
        return str(self.jwk["kid"])

    def sign(self, claims: Claims, **headers: Any) -> str:
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers={"kid": self.key_id, **headers})

    def signed_text(self, header: str, payload: str) -> str:
        """A token of these very JSON texts, which need not be sound."""
        body = f"{encoded(header.encode())}.{encoded(payload.encode('utf-8', 'surrogatepass'))}"
        algorithm = jwt.get_algorithm_by_name(self.algorithm)
        return f"{body}.{encoded(algorithm.sign(body.encode(), self.private))}"


def keys() -> tuple[Key, ...]:
    """One of each algorithm that is taken."""
    ed, ec, rsa = Ed25519PrivateKey.generate(), generate_private_key(SECP256R1()), generate_rsa_key(65537, 2048)
    return (
        _key("EdDSA", ed, OKPAlgorithm.to_jwk(ed.public_key(), as_dict=True)),
        _key("ES256", ec, ECAlgorithm.to_jwk(ec.public_key(), as_dict=True)),
        _key("RS256", rsa, RSAAlgorithm.to_jwk(rsa.public_key(), as_dict=True)),
    )


def _key(algorithm: str, private: Any, jwk: dict[str, Any]) -> Key:
    return Key(algorithm, private, {**jwk, "kid": f"key-{algorithm}", "use": "sig", "alg": algorithm})


def sound(**changes: Any) -> Claims:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "u-1",
        "iat": now,
        "exp": now + 600,
        "org_scheme": "uscc",
        "org_code": "91370200264574251E",
        "org_name": "示例单位",
        "roles": ["publisher"],
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not ...}


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def forgeries(known: tuple[Key, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong with each, and the token."""
    for key in known:
        for kind in (_unsigned, _by_another_key, _mangled, _other_claims, _other_texts):
            yield from ((f"{key.algorithm}: {name}", token) for name, token in kind(key))
    for first in known:
        for second in known:
            if first is not second:
                yield f"{first.algorithm} under the id of {second.algorithm}", first.sign(sound(), kid=second.key_id)
    yield from _bombs(known[0])


def _unsigned(key: Key) -> Iterator[tuple[str, str]]:
    claims = encoded(json.dumps(sound()).encode())
    for name in ("none", "None", "NONE", "nOnE", "", None):
        header = encoded(json.dumps({"alg": name, "typ": "JWT", "kid": key.key_id}).encode())
        for signature in ("", "e30", key.sign(sound()).rpartition(".")[2]):
            yield f"alg={name} with signature {signature[:3]!r}", f"{header}.{claims}.{signature}"


def _by_another_key(key: Key) -> Iterator[tuple[str, str]]:
    public = key.private.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    secrets = {
        "pem": pem,
        "pem without its end": pem.rstrip(),
        "der": der,
        "jwk": json.dumps(key.jwk).encode(),
        "": b"",
    }
    claims = encoded(json.dumps(sound()).encode())
    for name, made in HASHES.items():
        for what, secret in secrets.items():
            body = f"{encoded(json.dumps({'alg': name, 'kid': key.key_id}).encode())}.{claims}"
            mac = hmac.new(secret, body.encode(), made).digest()
            yield f"{name} with the public key ({what}) as its secret", f"{body}.{encoded(mac)}"
    others = next(each for each in keys() if each.algorithm == key.algorithm)
    yield "another key under this id", others.sign(sound(), kid=key.key_id)
    yield "another key that brings itself along", others.sign(sound(), kid=key.key_id, jwk=others.jwk)
    for header in ("jku", "x5u"):
        yield f"another key to be fetched by {header}", others.sign(sound(), **{header: "http://127.0.0.1:9/keys"})
    for odd in ("../../etc/passwd", "' OR '1'='1", "%00", "k" * 5000, ""):
        yield f"key id {odd[:9]!r}", key.sign(sound(), kid=odd)


def _mangled(key: Key) -> Iterator[tuple[str, str]]:
    good = key.sign(sound())
    head, claims, signature = good.split(".")
    other = encoded(json.dumps(sound(org_code="91110000802100433B")).encode())
    yield "another's claims under this signature", f"{head}.{other}.{signature}"
    for count in (0, 1, 2, 4, 5):
        yield f"{count} parts", ".".join([head, claims, signature, "e30", "e30"][:count])
    for place in range(0, len(signature) - 2, max(1, len(signature) // 20)):
        turned = "A" if signature[place] != "A" else "B"
        yield f"signature turned at {place}", f"{head}.{claims}.{signature[:place]}{turned}{signature[place + 1 :]}"
    for cut in (1, 5, len(signature) // 2, len(signature)):
        yield f"signature cut by {cut}", f"{head}.{claims}.{signature[:-cut]}"
    for odd in ("\n", " ", "\x00", "é", "甲", "\ud800", "===="):
        yield f"{odd!r} in it", f"{head}.{claims[:5]}{odd}{claims[5:]}.{signature}"
    for kind in ("logout+jwt", "secevent+jwt", "dpop+jwt", "id_token"):
        yield f"typ {kind!r}", key.sign(sound(), typ=kind)
    yield "a critical extension that nobody knows", key.sign(sound(), crit=["x-new"], **{"x-new": 1})


def _other_claims(key: Key) -> Iterator[tuple[str, str]]:
    now = int(time.time())
    for claim in ("iss", "aud", "exp", "iat", "sub", "org_code"):
        yield f"without {claim}", key.sign(sound(**{claim: ...}))
    for claim, value in (("exp", now - 31), ("exp", 0), ("iat", now + 300), ("nbf", now + 300)):
        yield f"{claim} at {value}", key.sign(sound(**{claim: value}))
    for claim in ("exp", "iat", "nbf"):
        for odd in ODD_TIMES:
            if not (claim != "exp" and odd in (True, -1, 0, None, -(10**400))):
                yield f"{claim} {str(odd)[:9]}", key.signed_text(_header(key), json.dumps(sound(**{claim: odd})))
    for issuer in (f"{ISSUER}/", ISSUER.upper(), "", None, [ISSUER], {"iss": ISSUER}, "https://evil.example"):
        yield f"iss {issuer}", key.signed_text(_header(key), json.dumps(sound(iss=issuer)))
    for audience in ("other", "", None, [], ["other"], {AUDIENCE: 1}, 7, f"{AUDIENCE}x", AUDIENCE.upper()):
        yield f"aud {audience}", key.signed_text(_header(key), json.dumps(sound(aud=audience)))


def _other_texts(key: Key) -> Iterator[tuple[str, str]]:
    fine = {"org_name": (None,), "sub": (" ", *TURNING, "\u200b")}
    for claim in ("sub", "org_scheme", "org_code", "org_name"):
        for odd in ODD_VALUES:
            if odd not in fine.get(claim, ()):
                yield f"{claim} {odd!r:.12}", key.signed_text(_header(key), json.dumps(sound(**{claim: odd})))


def _header(key: Key) -> str:
    return json.dumps({"alg": key.algorithm, "kid": key.key_id})


def _bombs(key: Key) -> Iterator[tuple[str, str]]:
    header = _header(key)
    yield "a thousand brackets for claims", key.signed_text(header, "[" * 6000)
    yield "a thousand brackets for a header", key.signed_text('{"alg":' + "[" * 6000, "{}")
    yield "a list for claims", key.signed_text(header, "[1]")
    yield "no JSON", key.signed_text("alg", "sub")
    yield "an endless number", key.signed_text(header, '{"exp":' + "9" * 9000 + "}")
    for size in (16_385, 100_000, 1_000_000):
        yield f"{size} characters", key.sign(sound(more="x"))[:-1] + "A" * size
    for algorithm in (["EdDSA"], {"EdDSA": 1}, 7, True, "EdDSA ", "eddsa", "RS512", "PS256", "ES256K"):
        yield (
            f"alg {algorithm}",
            key.signed_text(json.dumps({"alg": algorithm, "kid": key.key_id}), json.dumps(sound())),
        )
    for key_id in (7, ["a"], {"a": 1}, True, "key-none"):
        yield f"kid {key_id}", key.signed_text(json.dumps({"alg": "EdDSA", "kid": key_id}), json.dumps(sound()))
