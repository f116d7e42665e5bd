"""A receiver of webhooks on this machine: checks each request's signature and prints the match it brings."""

import hmac
import json
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

from deploy.embedded.errors import Refused
from deploy.embedded.listen import in_words
from deploy.embedded.ports import LOOPBACK
from notify import signing

TOLERATED_S = 300
"""A request whose timestamp is further from now, either way, may be a recorded one that somebody sends again."""
LARGEST_BODY = 4 * 2**20


def receive(port: int, secret: str) -> None:
    """Until Ctrl-C. Without a secret nothing is checked, and each request is printed with a word on that."""
    try:
        server = _Server((LOOPBACK, port), secret)
    except OSError as error:
        raise Refused(f"cannot listen on port {port} ({error.strerror}); choose another with --port") from error
    sys.stderr.write(f"Receiving at http://{LOOPBACK}:{server.server_address[1]}/; Ctrl-C ends it.\n")
    with server:
        server.serve_forever()


def fault_of(headers: Mapping[str, str], body: bytes, secret: str, at: float) -> str | None:
    """Why a request is not to be trusted, None when it is: Standard Webhooks 1.0.

    headers  by names in lower case
    at       seconds since 1970
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not timestamp.isdecimal():
        return "it carries no webhook-id and webhook-timestamp"
    if abs(at - int(timestamp)) > TOLERATED_S:
        return f"its webhook-timestamp is more than {TOLERATED_S} s from now"
    signed_at = datetime.fromtimestamp(int(timestamp), UTC)
    right = signing.headers([secret], message_id, signed_at, body)["webhook-signature"]
    # Several while a secret is being replaced.
    given = headers.get("webhook-signature", "").split(" ")
    return None if any(hmac.compare_digest(each, right) for each in given) else "its signature is wrong"


class _Server(HTTPServer):
    def __init__(self, address: tuple[str, int], secret: str) -> None:
        self.secret = secret
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(size, LARGEST_BODY))
        secret = self.server.secret
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = fault_of(headers, body, secret, time.time()) if secret else None
        if fault:
            _say(f"Refused a request: {fault}.")
        else:
            checked = "signature right" if secret else "signature not checked: no --secret"
            _say(in_words(f"webhook {self.headers.get('webhook-id')}  {checked}", json.loads(body)))
        self.send_response(401 if fault else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what came is printed."""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
