"""Has organisations take turns at the check for fair competition: a long text takes seconds of the interpreter."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from catalog.fairness import repository
from common.auth import PrincipalDep, VisitorDep
from common.turns import FairGate

LONG = 5000
"""Characters of a text whose check takes a turn, some 0.2 s; a shorter one costs less than to wait for others."""


def _gate(request: Request) -> FairGate:
    gate: FairGate = request.app.state.checking
    return gate


async def _turn(request: Request, visitor: VisitorDep) -> AsyncIterator[None]:
    async with _gate(request).turn(visitor and visitor.organisation):
        yield


async def _turn_if_long(demand_id: UUID, request: Request, caller: PrincipalDep) -> AsyncIterator[None]:
    async with request.app.state.database.reading() as session:
        length = await repository.text_length(session, demand_id) + len(await request.body())
    if length < LONG:
        yield
        return
    async with _gate(request).turn(caller.organisation):
        yield


CheckTurnDep = Annotated[None, Depends(_turn, scope="function")]
"""For routes that check a text; whoever has no role counts as one. Name it before a session, so that nobody waits with
one."""
LongCheckTurnDep = Annotated[None, Depends(_turn_if_long, scope="function")]
"""Likewise for steps of a demand, which check it on the way."""
