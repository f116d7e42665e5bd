"""Demands as what imports become."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import drafts, rules, service, terms
from catalog.demands.drafts import NewDraft
from catalog.demands.schemas import DemandContent
from catalog.demands.terms import Bounds
from common.auth import Principal
from common.contracts.words import DemandKind
from common.errors import FieldFault
from common.imports import private
from common.imports.noun import Context, Known, RefusedRow
from common.imports.understanding import Body, Understood
from common.rawjson import Stored
from common.sheets.headers import Columns
from common.sheets.texts import compact

COLUMNS = Path(__file__).parent / "columns.toml"


class Demands:
    """A row is a draft; what no field takes goes to the end of its need, under its header."""

    name = "demands"
    columns = Columns.of(COLUMNS)
    kinds: Sequence[str] = tuple(kind.value for kind in DemandKind)
    schema: type[BaseModel] = DemandContent

    def refuse_caller(self, caller: Principal, kind: str) -> None:
        rules.refuse_asker(DemandKind(kind), caller.roles)

    def complete(self, row: Understood, context: Context) -> None:
        body = row.body
        body.setdefault("kind", context.kind)
        kept = [f"{label}：{text}" for label, text in row.kept if text and text != context.caller.organisation_name]
        body["need"] = "\n".join(filter(None, (body.get("need") or body.get("title"), *kept)))
        if contact := private.settled(row):
            body["contact"] = contact

    def faults(self, content: DemandContent, context: Context) -> Sequence[FieldFault]:
        bounds = Bounds(context.at, context.tracks)
        return (*rules.asker_faults(content.kind, context.caller.roles), *terms.faults(content, bounds))

    def identity(self, body: Body) -> tuple[str, str]:
        clauses = [(str(clause["kind"]), clause["text"]) for clause in body.get("clauses", ())]
        return repr((str(body["kind"]), body["title"], body["need"], clauses)), compact(body["title"])

    async def twins(self, session: AsyncSession, caller: Principal, bodies: Sequence[Body]) -> Sequence[Known | None]:
        found = await service.titled(session, caller, {body["title"] for body in bodies})
        return [self._known(body, found.get(body["title"], ()), caller) for body in bodies]

    def _known(self, body: Body, titled: Sequence[Stored], caller: Principal) -> Known | None:
        for row in titled:
            is_own = (row["owner_scheme"], row["owner_code"]) == (caller.organisation.scheme, caller.organisation.code)
            if is_own and self.identity(row)[0] == self.identity(body)[0]:
                return Known(
                    row["id"], True, f"is there already, as your demand {row['id']}", f"已有完全相同的需求 {row['id']}"
                )
        for row in titled:
            return Known(row["id"], False, f"has the title of demand {row['id']}", f"与需求 {row['id']} 标题相同")
        return None

    def prepare(self, context: Context, bodies: Sequence[Body]) -> Sequence[NewDraft | RefusedRow]:
        bounds = Bounds(context.at, context.tracks)
        prepared = (drafts.prepared(context.caller, body, bounds) for body in bodies)
        return [one if isinstance(one, NewDraft) else RefusedRow(one) for one in prepared]

    async def write(self, session: AsyncSession, context: Context, prepared: Sequence[NewDraft]) -> Sequence[UUID]:
        return await drafts.draft_many(session, context.caller, prepared, context.at)
