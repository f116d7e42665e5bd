"""The issuer's HTTP side: discovery, keys, the page of choices, tokens. Nobody on another machine can reach it."""

import base64
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from common import private_file
from deploy.embedded.errors import Refused
from deploy.embedded.issuer.codes import (
    CHALLENGE_METHOD,
    RESPONSE_TYPE,
    AuthorisationRequest,
    Client,
    Codes,
    RequestRefused,
    authorisation_request,
)
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.tokens import A_DAY_S, TokenIssuer

CLIENT_ID = "portal"
CALLBACK = "/login/callback"
BODY_LIMIT_BYTES = 16 * 1024
LENGTH = re.compile(r"[0-9]{1,18}")
FOLDER = Path(__file__).parent
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Form = Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    status: HTTPStatus
    content: bytes
    headers: Mapping[str, str]


class IssuerServer:
    """Answers on 127.0.0.1 from `start` to `stop`, in a thread of this process.

    A request that names another host is refused, so that a page from elsewhere cannot read it through a name that it
    lets point here (DNS rebinding).
    """

    def __init__(self, issuer: TokenIssuer, port: int, portal_port: int) -> None:
        self.issuer = issuer
        self.hosts = frozenset(f"{host}:{port}" for host in (LOOPBACK, "localhost"))
        redirects = [f"http://{host}:{portal_port}{CALLBACK}" for host in (LOOPBACK, "localhost")]
        self.client = Client(CLIENT_ID, _kept_secret(issuer.jwks.with_name("portal.secret")), redirects)
        self.codes = Codes(time.monotonic)
        self._port = port
        self._http: ThreadingHTTPServer | None = None

    @property
    def portal_settings(self) -> dict[str, str]:
        """The environment by which the portal is known here."""
        return {"PORTAL_CLIENT_ID": self.client.id, "PORTAL_CLIENT_SECRET": self.client.secret}

    def start(self) -> None:
        handler = type("Handler", (_Handler,), {"issuer_server": self})
        self._http = ThreadingHTTPServer((LOOPBACK, self._port), handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), name="issuer", daemon=True).start()

    def stop(self) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    def discovery(self) -> Reply:
        url = self.issuer.issuer
        return _json(
            {
                "issuer": url,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token",
                "jwks_uri": f"{url}/jwks.json",
                "response_types_supported": [RESPONSE_TYPE],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["EdDSA"],
                "scopes_supported": ["openid"],
                "code_challenge_methods_supported": [CHALLENGE_METHOD],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            }
        )

    def keys(self) -> Reply:
        return _json(json.loads(self.issuer.jwks.read_text()))

    def authorise(self, given: Form, form: Form | None) -> Reply:
        """The page of choices, or, with its form, the way back with a code."""
        from deploy.embedded.issuer import choices  # with Jinja2, which a start need not wait for

        asked = authorisation_request(self.client, given)
        language = "en" if given.get("ui_locales", "").startswith("en") else "zh"
        if form is not None:
            try:
                return self._sent_back(asked, {"code": self.codes.issue(asked, choices.chosen(form))})
            except Refused as error:
                return self._page(choices.page(given, language, str(error)), asked, HTTPStatus.BAD_REQUEST)
        return self._page(choices.page(given, language), asked)

    def exchange(self, form: Form, authorization: str) -> Reply:
        """The tokens that a code stands for (RFC 6749 §4.1.3)."""
        id, secret = _credentials(form, authorization)
        if not (_is_same(id, self.client.id) and _is_same(secret, self.client.secret)):
            raise RequestRefused("invalid_client", "client_id and client_secret: not known here")
        if form.get("grant_type") != "authorization_code":
            raise RequestRefused("unsupported_grant_type", "grant_type: must be authorization_code")
        chosen, nonce = self.codes.redeem(
            form.get("code", ""),
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier", ""),
        )
        access = self.issuer.mint(chosen.scheme, chosen.code, chosen.name, chosen.roles, subject=chosen.subject)
        identity = self.issuer.sign(
            {"aud": self.client.id, "sub": chosen.subject, "name": chosen.name, "nonce": nonce}, lifetime_s=A_DAY_S
        )
        return _json({"access_token": access, "id_token": identity, "token_type": "Bearer", "expires_in": int(A_DAY_S)})

    def _sent_back(self, asked: AuthorisationRequest, said: Form) -> Reply:
        query = urlencode({**said, "state": asked.state, "iss": self.issuer.issuer})
        return Reply(HTTPStatus.SEE_OTHER, b"", {"Location": f"{asked.redirect_uri}?{query}"})

    def _page(self, html: str, asked: AuthorisationRequest, status: HTTPStatus = HTTPStatus.OK) -> Reply:
        # Browsers hold the redirect after a form against form-action, too.
        back = "{0.scheme}://{0.netloc}".format(urlsplit(asked.redirect_uri))
        policy = f"default-src 'none'; style-src 'self'; form-action 'self' {back}; frame-ancestors 'none'"
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        return Reply(status, html.encode(), headers)


class _Handler(BaseHTTPRequestHandler):
    issuer_server: IssuerServer
    timeout = 10

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        length = body_length(self.headers.get("Content-Length"))
        if length is None:
            self._send(_refusal(HTTPStatus.BAD_REQUEST, "invalid_request", "Content-Length: must be digits"))
            return
        if length > BODY_LIMIT_BYTES:
            self._send(_refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "invalid_request", "the body is too large"))
            return
        self._answer(dict(parse_qsl(self.rfile.read(length).decode(errors="replace"))))

    def _answer(self, form: Form | None) -> None:
        if self.headers.get("Host") not in self.issuer_server.hosts:
            self._send(_refusal(HTTPStatus.FORBIDDEN, "invalid_request", "this address is for this machine alone"))
            return
        try:
            reply = self._reply(form)
        except RequestRefused as refused:
            status = HTTPStatus.UNAUTHORIZED if refused.error == "invalid_client" else HTTPStatus.BAD_REQUEST
            reply = _refusal(status, refused.error, str(refused))
        self._send(reply)

    def _reply(self, form: Form | None) -> Reply:
        url, server = urlsplit(self.path), self.issuer_server
        match self.command, url.path:
            case "GET", "/.well-known/openid-configuration":
                return server.discovery()
            case "GET", "/jwks.json":
                return server.keys()
            case "GET", "/style.css":
                return Reply(HTTPStatus.OK, (FOLDER / "style.css").read_bytes(), {"Content-Type": "text/css"})
            case (("GET" | "POST"), "/authorize"):
                return server.authorise(dict(parse_qsl(url.query)), form)
            case "POST", "/token":
                return server.exchange(form or {}, self.headers.get("Authorization", ""))
        return _refusal(HTTPStatus.NOT_FOUND, "invalid_request", "there is nothing here")

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {**SECURITY_HEADERS, **reply.headers, "Content-Length": str(len(reply.content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: addresses here carry codes."""


def body_length(said: str | None) -> int | None:
    """Bytes that a Content-Length announces, 0 without one; None for what is not digits."""
    if said is None:
        return 0
    return int(said) if LENGTH.fullmatch(said) else None


def _is_same(said: str, kept: str) -> bool:
    return hmac.compare_digest(said.encode(), kept.encode())  # of strings it takes ASCII alone


def _json(document: object, status: HTTPStatus = HTTPStatus.OK) -> Reply:
    return Reply(status, json.dumps(document).encode(), {"Content-Type": "application/json"})


def _refusal(status: HTTPStatus, error: str, message: str) -> Reply:
    return _json({"error": error, "error_description": message}, status)


def _credentials(form: Form, authorization: str) -> tuple[str, str]:
    """Client id and secret from the header (RFC 6749 §2.3.1) or the form."""
    kind, _, value = authorization.partition(" ")
    if kind.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        raise RequestRefused("invalid_client", "Authorization: cannot be read") from None
    return unquote(id), unquote(secret)


def _kept_secret(path: Path) -> str:
    if not path.exists():
        private_file.write(path, secrets.token_urlsafe(32))
    return path.read_text()
