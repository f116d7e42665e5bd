"""Capability profiles as what imports become."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.contracts.matcher import OfferKind
from common.errors import FieldFault, Forbidden
from common.imports.noun import Context, Known
from common.imports.understanding import Body, Remark, RemarkLevel, Understood
from common.roles import Role
from common.sheets.headers import Columns
from common.sheets.texts import compact
from matcher.profiles import reviewing, service
from matcher.profiles.reviewing import Nearest
from matcher.profiles.schemas import ProfileIn

COLUMNS = Path(__file__).parent / "columns.toml"
_OF_IDENTITY = ("offer_kind", "headline", "summary", "items", "cases", "products")
OWNER = "单位"
"""The label of the column that names the organisation."""


class Profiles:
    """An entry is a profile of the caller's organisation; contacts have no place in one and are left out."""

    name = "profiles"
    columns = Columns.of(COLUMNS)
    kinds: Sequence[str] = tuple(kind.value for kind in OfferKind)
    schema: type[BaseModel] = ProfileIn

    def refuse_caller(self, caller: Principal, kind: str) -> None:
        if Role.ENTERPRISE not in caller.roles:
            raise Forbidden(f"The token needs the role {Role.ENTERPRISE}", f"令牌需要具有角色：{Role.ENTERPRISE}")

    def complete(self, row: Understood, context: Context) -> None:
        body = row.body
        body.setdefault("offer_kind", context.kind)
        named = [text for label, text in row.kept if label == OWNER]
        if others := [name for name in named if compact(name) != compact(context.caller.organisation_name)]:
            row.remarks.append(_of_another(row, others[0]))
        # Who stands behind an offer is nothing that a ranking may read.
        kept = [f"{label}：{text}" for label, text in row.kept if text and label != OWNER]
        if said := "\n".join(filter(None, (body.get("summary"), *kept))):
            body["summary"] = said
        if "headline" not in body and (first := _first_name(body)):
            body["headline"] = first

    def faults(self, content: ProfileIn, context: Context) -> Sequence[FieldFault]:
        return ()

    def identity(self, body: Body) -> tuple[str, str]:
        return repr([body.get(name) for name in _OF_IDENTITY]), compact(body["headline"])

    async def twins(self, session: AsyncSession, caller: Principal, bodies: Sequence[Body]) -> Sequence[Known | None]:
        nearest = await reviewing.nearest(session, caller, [ProfileIn.model_validate(body) for body in bodies])
        return [near and _known(near) for near in nearest]

    def prepare(self, context: Context, bodies: Sequence[Body]) -> Sequence[ProfileIn]:
        return [ProfileIn.model_validate(body) for body in bodies]

    async def write(self, session: AsyncSession, context: Context, prepared: Sequence[ProfileIn]) -> Sequence[UUID]:
        return [profile.id for profile in await service.create(session, context.caller, prepared, context.at)]


def _known(near: Nearest) -> Known:
    if near.is_same:
        return Known(near.id, True, f"is there already, as your profile {near.id}", f"已有完全相同的能力画像 {near.id}")
    return Known(near.id, False, f"says largely what profile {near.id} says", f"与能力画像 {near.id} 内容大体相同")


def _of_another(row: Understood, name: str) -> Remark:
    return Remark(
        RemarkLevel.WARNING,
        "organisation",
        str(row.place),
        f"names {name}; the profile will be your organisation's",
        f"单位名称为“{name}”；导入后归本单位所有",
    )


def _first_name(body: Body) -> str | None:
    """The name of the first capability or product, for an entry that has no headline of its own."""
    for name, member in (("items", "title"), ("products", "name")):
        for part in body.get(name, ()):
            return str(part[member])
    return None
