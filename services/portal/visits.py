"""One request of one person: who it is, in which language, what the APIs are asked for it, and how it is answered."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import URL, FormData

from common import clock
from portal import sessions
from portal.api import ApiDown, ApiRefused, ApiReply, Apis, Call, Json, repeat_key
from portal.languages import LANGUAGES, Speaker
from portal.sessions import Session
from portal.templating import rendered
from portal.timing import HEADER, PageTiming

SEE_OTHER, MERGED = 303, 308
MOST_FIELDS = 2000
MOST_PAGES = 10
FORM_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
A_YEAR_S = 365 * 86_400


class NeedsLogin(Exception):
    """A page that is for members alone."""


class NeedsRole(Exception):
    """A page that is for others than this member."""


class StandsElsewhere(Exception):
    """A demand that another stands for."""

    def __init__(self, into: str) -> None:
        super().__init__(into)
        self.into = into


class FormUnproved(Exception):
    """A form that did not come from a page of this session."""


class Visit:
    """Made by `VisitDep` for each request."""

    def __init__(self, request: Request) -> None:
        state = request.app.state
        self.request = request
        self.settings = state.settings
        cookie = request.cookies.get(sessions.COOKIE)
        self.session: Session | None = state.seal.session(cookie, within_s=state.settings.session_s)
        self.language = _language(request)
        self.say = Speaker(self.language)
        self.now: datetime = clock.now()
        self.form_key = str(uuid4())
        """What the forms of this page carry, so that one that is sent twice does one thing."""
        self._is_form = False
        self._timing = PageTiming()
        self.down: list[str] = []
        """Services that did not answer while this page was made."""
        self._apis: Apis = state.apis

    @property
    def member(self) -> Session:
        if self.session is None:
            raise NeedsLogin
        return self.session

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme and host by which people reach the portal."""
        return (self.settings.url or str(self.request.base_url)).rstrip("/")

    async def ask(self, name: str, call: Call | None = None) -> Json:
        """An operation's reply. Raises ApiRefused, ApiDown or StandsElsewhere."""
        reply = await self.reply(name, call)
        if reply.status == MERGED:
            raise StandsElsewhere(reply.headers["location"].rpartition("/")[2])
        return reply.json

    async def reply(self, name: str, call: Call | None = None) -> ApiReply:
        token = self.session.token if self.session else None
        call = call or Call()
        if self._is_form:
            call = replace(call, key=call.key or repeat_key(self.form_key, name, call))
        with self._timing.call():
            return await self._apis.call(name, call, token=token, language=self.language)

    def stream(self, name: str, call: Call) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """The lines of an operation's reply that does not end."""
        token = self.session.token if self.session else None
        return self._apis.stream(name, call, token=token, language=self.language)

    async def seen(self, url: str) -> ApiReply | None:
        """What a process of the platform says of itself; None when it does not answer."""
        secret = self.settings.metrics_token
        return await self._apis.seen(url, token=secret.get_secret_value() if secret else None)

    async def try_(self, name: str, call: Call | None = None) -> Json | None:
        """The same for a part that a page can be shown without: None when there is nothing to show, or its API is
        down, which the page then says."""
        try:
            return await self.ask(name, call)
        except ApiDown as error:
            if error.service not in self.down:
                self.down.append(error.service)
        except (ApiRefused, StandsElsewhere):
            pass
        return None

    async def items(self, name: str, call: Call | None = None) -> list[Json]:
        """The same for a list."""
        page = await self.try_(name, call)
        return list(page["items"]) if page else []

    async def every(self, name: str, call: Call | None = None) -> list[Json]:
        """The same for a list that is counted or shown as a whole: the items of up to MOST_PAGES pages, one after the
        other."""
        asked, found = call or Call(), list[Json]()
        for _ in range(MOST_PAGES):
            page = await self.try_(name, asked)
            found += page["items"] if page else []
            if not page or not page["cursor"]:
                break
            asked = replace(asked, query={**asked.query, "cursor": page["cursor"]})
        return found

    def page(self, template: str, status: int = 200, **given: object) -> HTMLResponse:
        body = rendered(self, template, given)
        return HTMLResponse(body, status, {HEADER: self._timing.said()})

    def to(self, path: str, **query: object) -> RedirectResponse:
        said = {key: value for key, value in query.items() if value not in (None, "")}
        return RedirectResponse(str(URL(path).include_query_params(**said)) if said else path, SEE_OTHER)

    def proof(self) -> str:
        return sessions.form_proof(self.session.key) if self.session else ""

    def takes(self, form: Mapping[str, Any]) -> None:
        """This request is of that form: sent again, it asks the APIs under the same keys."""
        if FORM_KEY.fullmatch(key := text(form, "key")):
            self.form_key, self._is_form = key, True

    def keep(self, response: Response, name: str, value: str, *, max_age: int) -> None:
        response.set_cookie(
            name, value, max_age=max_age, secure=self.is_secure, httponly=True, samesite="lax", path="/"
        )


def _language(request: Request) -> str:
    chosen = request.cookies.get(sessions.LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return "zh"


async def _visit(request: Request) -> Visit:
    return Visit(request)


VisitDep = Annotated[Visit, Depends(_visit)]


def _with_role(*roles: str) -> Callable[[Visit], Awaitable[Visit]]:
    async def checked(visit: VisitDep) -> Visit:
        if not any(visit.member.has(role) for role in roles):
            raise NeedsRole
        return visit

    return checked


async def _member(visit: VisitDep) -> Visit:
    _ = visit.member
    return visit


MemberDep = Annotated[Visit, Depends(_member)]
EnterpriseDep = Annotated[Visit, Depends(_with_role("enterprise"))]
AgencyDep = Annotated[Visit, Depends(_with_role("publisher", "enterprise"))]
"""Who may publish demands: enterprises do of some kinds."""
OperatorDep = Annotated[Visit, Depends(_with_role("operator"))]
AuditorDep = Annotated[Visit, Depends(_with_role("auditor", "operator", "reviewer"))]
"""Who may read every receipt."""


async def _form(visit: VisitDep, request: Request) -> FormData:
    """What a form of this session says. Raises FormUnproved for one of another."""
    form = await request.form(max_files=1, max_fields=MOST_FIELDS)
    request.state.form = form  # for who shows it again, when there is no session to prove it
    if is_foreign(visit, request) or not sessions.is_proved(visit.member.key, str(form.get("proof", ""))):
        raise FormUnproved
    visit.takes(form)
    return form


def is_foreign(visit: Visit, request: Request) -> bool:
    """Whether a browser says that a page of another site sent this; a client that says nothing is none of a person."""
    return request.headers.get("origin") not in (None, visit.origin, str(request.base_url).rstrip("/"))


FormDep = Annotated[FormData, Depends(_form)]


def text(form: Mapping[str, Any], name: str) -> str:
    """One field of a form, without blanks around it."""
    value = form.get(name)
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""


def local(path: str | None, otherwise: str = "/") -> str:
    """A path of this site, whatever was asked for: nobody is sent elsewhere by a link that begins here."""
    if path and path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable():
        return path
    return otherwise


together = asyncio.gather
"""Asks several things at once."""
