"""The portal without the network: its app, a member, and APIs that answer as a test says and keep what they hear."""

import json
import time
from collections.abc import Mapping
from typing import Any

from starlette.testclient import TestClient

from portal import sessions
from portal.api import ApiReply, Call, request_line
from portal.app import create_app
from portal.login.oidc import Provider
from portal.sessions import Session
from portal.settings import PortalSettings

ORIGIN = "http://testserver"
ORGANISATION = {"scheme": "uscc", "code": "X1"}
NOTHING = {"catalog.check_fairness": {"findings": [], "is_blocked": False, "may_justify": False}}
"""What operations answer that are no lists, where a test has no say in them."""
DEMAND = "01890a5d-ac96-774b-bcce-b302099a8057"


class LentApis:
    """`replies` by operation: a body, an ApiReply, or an error to raise; what is not named has nothing to say."""

    def __init__(self, replies: Mapping[str, Any]) -> None:
        self.replies = dict(replies)
        self.asked: list[tuple[str, Call]] = []

    async def call(self, name: str, call: Call, *, token: str | None, language: str) -> ApiReply:
        request_line(name, call)
        self.asked.append((name, call))
        reply = self.replies.get(name, NOTHING.get(name, {"items": [], "cursor": None}))
        if callable(reply):
            reply = reply(call)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, ApiReply) else ApiReply(200, {}, as_json(reply))

    def sent(self, name: str) -> list[Any]:
        return [call.body for said, call in self.asked if said == name]


def as_json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


class LentPortal:
    """A portal, and a browser of somebody with these roles; without roles, of a visitor."""

    def __init__(self, replies: Mapping[str, Any], *roles: str, **settings: Any) -> None:
        self.apis = LentApis(replies)
        app = create_app(PortalSettings(_env_file=None, **settings))
        app.state.apis, app.state.provider = self.apis, Provider(app.state.settings)
        self.app = app
        self.browser = TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False)
        self.session = Session("token", "uscc", "X1", "某港口", roles, time.time() + 600)
        if roles:
            self.browser.cookies.set(sessions.COOKIE, app.state.seal.of(self.session))

    def post(self, path: str, **fields: str) -> Any:
        return self.browser.post(path, data={**fields, "proof": sessions.form_proof(self.session.key)})
