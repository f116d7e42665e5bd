"""What an address may be, free of I/O."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import Url


@dataclass(frozen=True)
class WebhookTarget:
    """Where a webhook goes: the address in its normal form, the host and port it means."""

    url: str
    host: str
    port: int


MAILBOX = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
"""An address of e-mail as browsers check it (HTML, valid e-mail address), in a domain of two labels at least."""


class UrlRefused(ValueError):
    """Says, in both languages, what an address should be."""

    def __init__(self, detail: str, detail_zh: str) -> None:
        super().__init__(detail)
        self.detail, self.detail_zh = detail, detail_zh


def target_of(text: str, *, ports: Collection[int], is_development: bool) -> WebhookTarget:
    """The target a webhook's address names; in development it may be http and name any port. Raises UrlRefused."""
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in text):
        raise UrlRefused("remove blanks and control characters from the URL", "网址中不能有空白或控制字符")
    try:
        url = Url(text)
    except ValidationError:
        raise UrlRefused("give a complete URL such as https://example.com/hook", "请填写完整的网址") from None
    if url.scheme != "https" and not (is_development and url.scheme == "http"):
        raise UrlRefused("use https", "请使用 https")
    if url.username or url.password:
        raise UrlRefused("remove the user name and password; requests are signed", "请去掉网址中的用户名和密码")
    if url.fragment is not None:
        raise UrlRefused("remove the part from # on", "请去掉网址中 # 及其后的部分")
    if not url.host or not url.port:
        raise UrlRefused("name a host", "网址中缺少主机名")
    if url.port not in ports and not is_development:
        named = ", ".join(map(str, sorted(ports)))
        raise UrlRefused(f"use one of the ports {named}", f"端口只能是 {named}")
    return WebhookTarget(url=str(url), host=url.host.strip("[]"), port=url.port)


def robot_token(text: str, base: str, parameter: str | None) -> str:
    """The token in the address of a robot as its vendor shows it.

    base       what the address of every robot of this vendor begins with
    parameter  of the query, in which the token is; None: it is the last part of the path

    Raises UrlRefused.
    """
    example = f"{base}?{parameter}=…" if parameter else f"{base}/…"
    token = _token(text.strip(), Url(base), parameter)
    if token is None or not re.fullmatch(r"[A-Za-z0-9_-]{8,128}", token):
        raise UrlRefused(
            f"copy the address of the robot from its group: {example}", f"请从群中复制机器人的地址：{example}"
        )
    return token


def _token(text: str, base: Url, parameter: str | None) -> str | None:
    try:
        given = Url(text)
    except ValidationError:
        return None
    path, known = given.path or "", (base.path or "").rstrip("/")
    if (given.scheme, given.host, given.port) != (base.scheme, base.host, base.port):
        return None
    if parameter is None:
        return path.removeprefix(known + "/") if path.startswith(known + "/") else None
    found = [value for name, value in given.query_params() if name == parameter]
    return found[0] if path == known and len(found) == 1 else None
