"""Chat robots on this machine that take what their vendors document, and refuse the rest by a code in a 200."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.receiver import Answer, Received, Receiver

HOUR_S = 3600


class RobotServer(Receiver):
    """One robot with a token, and a secret where it checks signatures. What it took is in `messages`."""

    path: str

    def __init__(self, token: str, secret: str | None) -> None:
        super().__init__()
        self.token, self.secret = token, secret
        self.messages: list[Any] = []

    @property
    def base(self) -> str:
        return self.url(self.path)

    @property
    def address(self) -> str:
        """As the vendor shows it to who made the robot."""
        raise NotImplementedError

    def take(self, request: Received) -> Answer:
        told = super().take(request)
        if told.status != 204:
            return told
        assert request.headers["content-type"].startswith("application/json")
        said = json.loads(request.body)
        code, word = self.verdict(request, said)
        if code == 0:
            self.messages.append(said)
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(self.reply(code, word)).encode())

    def verdict(self, request: Received, said: Any) -> tuple[int, str]:
        raise NotImplementedError

    def reply(self, code: int, word: str) -> dict[str, Any]:
        return {"errcode": code, "errmsg": word}


class DingTalk(RobotServer):
    path = "/robot/send"

    @property
    def address(self) -> str:
        return f"{self.base}?access_token={self.token}"

    def verdict(self, request: Received, said: Any) -> tuple[int, str]:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        if query["access_token"] != self.token:
            return 300001, "token is not exist"
        if self.secret and not self._is_signed(query):
            return 310000, "sign not match"
        if len(request.body) > 20_000:
            return 460101, "message too long, exceed 20000 bytes"
        assert said["msgtype"] == "markdown"
        assert said["markdown"]["title"]
        return 0, "ok"

    def _is_signed(self, query: dict[str, str]) -> bool:
        assert self.secret
        timestamp = query.get("timestamp", "0")
        signed = hmac.new(self.secret.encode(), f"{timestamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        is_now = abs(int(timestamp) / 1000 - time.time()) < HOUR_S
        return is_now and query.get("sign") == base64.b64encode(signed).decode()


class WeCom(RobotServer):
    path = "/cgi-bin/webhook/send"

    @property
    def address(self) -> str:
        return f"{self.base}?key={self.token}"

    def verdict(self, request: Received, said: Any) -> tuple[int, str]:
        if parse_qs(urlsplit(request.path).query)["key"] != [self.token]:
            return 93000, "invalid webhook url"
        if len(said["markdown"]["content"].encode()) > 4096:
            return 40058, "markdown.content exceed max length 4096"
        return 0, "ok"


class Feishu(RobotServer):
    path = "/open-apis/bot/v2/hook"

    @property
    def address(self) -> str:
        return f"{self.base}/{self.token}"

    def verdict(self, request: Received, said: Any) -> tuple[int, str]:
        if not request.path.endswith(f"/{self.token}"):
            return 19001, "param invalid: incoming webhook access token invalid"
        if self.secret and not self._is_signed(said):
            return 19021, "sign match fail or timestamp is not within one hour from current time"
        if len(request.body) > 20 * 1024:
            return 19002, "params error, request body too large"
        assert said["msg_type"] == "post"
        return 0, "success"

    def reply(self, code: int, word: str) -> dict[str, Any]:
        return {"code": code, "msg": word, "data": {}}

    def _is_signed(self, said: Any) -> bool:
        key = f"{said.get('timestamp', 0)}\n{self.secret}".encode()
        is_now = abs(int(said.get("timestamp", 0)) - time.time()) < HOUR_S
        return is_now and said.get("sign") == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


VENDORS: dict[str, type[RobotServer]] = {"dingtalk": DingTalk, "wecom": WeCom, "feishu": Feishu}
