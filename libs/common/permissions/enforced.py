"""Enforces the table: before anything else is asked of a request, its route's row is."""

from collections.abc import Iterable

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute

from common.auth import caller_of
from common.errors import Forbidden, Unauthenticated
from common.permissions.table import Permission, PermissionTable
from common.roles import Role


async def _refuse_who_may_not(request: Request) -> None:
    """Raises Unauthenticated without a valid token where one is needed, Forbidden when it has none of the roles."""
    permissions: PermissionTable = request.app.state.permissions
    row = permissions.rows[request.scope["route"].name]
    if row.roles is None:
        return
    caller = await caller_of(request)
    if caller is None:
        raise Unauthenticated("Send `Authorization: Bearer <token>`", "请在 Authorization 请求头中带上访问令牌")
    if not row.admits(caller.roles):
        raise without(row)


def without(row: Permission) -> Forbidden:
    needed = [role for role in Role if row.roles and role in row.roles]
    if len(needed) == len(Role):
        return Forbidden("The token names no role that is known here", "令牌中没有本平台认可的角色")
    return Forbidden(f"The token needs the role {' or '.join(needed)}", f"令牌需要具有角色：{'或'.join(needed)}")


Permitted = Depends(_refuse_who_may_not)
"""For every route."""


def install(app: FastAPI, permissions: PermissionTable, routes: Iterable[APIRoute]) -> None:
    """Raises ValueError naming each of the routes without a row: such an app does not start."""
    permissions.refuse_other([route.name for route in routes])
    app.state.permissions = permissions
