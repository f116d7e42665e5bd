"""Who acts: what every change of a record needs to know."""

from datetime import datetime
from typing import Annotated, NamedTuple

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal, PrincipalDep
from common.clock import now
from common.database import SessionDep


class Changing(NamedTuple):
    """The transaction, who asks for the change, and when."""

    session: AsyncSession
    caller: Principal
    at: datetime


async def changing(session: SessionDep, caller: PrincipalDep) -> Changing:
    return Changing(session, caller, now())


ChangingDep = Annotated[Changing, Depends(changing)]
