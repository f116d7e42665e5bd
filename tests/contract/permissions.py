"""The table of permissions as people read it: docs/permissions.md, and a listing that is frozen in tests/data."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from common.permissions import table as tables
from common.permissions.table import SCOPES, Permission, PermissionTable, folder_of, of_service
from common.roles import ALSO_CALLED, Role

ROOT = Path(__file__).parents[2]
FROZEN = ROOT / "tests" / "data" / "permissions"
SERVICES = ("catalog", "matcher", "notify")
MEANINGS: dict[Role, tuple[str, str]] = {
    Role.PUBLISHER: ("publishes what an agency or a state-owned enterprise needs", "发布需求、政策、采购、补贴等"),
    Role.ENTERPRISE: ("offers and solves; asks for what is no scenario", "提供能力、提交方案，发布非场景类需求"),
    Role.INVESTOR: ("asks for consents, keeps a profile, docks", "申请查阅授权，维护能力档案，参与对接"),
    Role.BROKER: ("acts in dockings and transfers by mandate", "受委托参与对接与技术转移"),
    Role.EVALUATOR: ("scores solutions where a solicitation appoints them", "受聘评审解决方案"),
    Role.REVIEWER: ("reviews demands and lists", "审核需求与清单"),
    Role.LIST_EDITOR: ("draws up lists", "编制清单"),
    Role.DISPATCHER: ("keeps demonstration projects going", "调度示范项目"),
    Role.SUBSIDY_OFFICER: ("decides on subsidies and rewards", "审批补贴与奖励"),
    Role.OPERATOR: ("runs the platform", "运营平台"),
    Role.AUDITOR: ("reads what is on record, changes nothing", "查阅记录，不做更改"),
}


def document() -> Iterator[str]:
    """docs/permissions.md."""
    yield "# Who may do what · 权限表"
    yield ""
    yield "Every route has a row here, or its service does not start; `common/permissions` enforces it before all else."
    yield "The rows are `services/*/permissions/routes.tsv`; those of steps are worked out from the life-cycle and"
    yield "`parties.tsv`. Written by `make docs`. 每个接口都在此表中有一行，否则服务不能启动。"
    yield ""
    yield "| role 角色 | |"
    yield "|---|---|"
    for role, (english, chinese) in MEANINGS.items():
        also = "".join(f" (or `{name}`)" for name, meant in ALSO_CALLED.items() if meant is role)
        yield f"| `{role}`{also} | {english} · {chinese} |"
    yield ""
    yield "*anyone*: without a token, too 无需令牌。*member*: with any of these roles 任一角色。A token that names"
    yield "none of them may do what anyone may. Whoever lacks the role is refused, 403; what is out of scope is not"
    yield "found, 404, unless everyone may read it: then the step is refused, 403."
    yield ""
    yield "| scope 范围 | |"
    yield "|---|---|"
    for scope, (english, chinese) in SCOPES.items():
        yield f"| {scope} | {english} · {chinese} |"
    for service in SERVICES:
        yield ""
        yield f"## {service}"
        yield ""
        yield "| noun | operation | roles | scope |"
        yield "|---|---|---|---|"
        yield from (
            f"| {row.noun} | `{row.operation}` | {who(row.roles)} | {row.scope} |" for row in rows(of_service(service))
        )
        yield ""
        yield "To act as a party of a life-cycle, a token needs one of 以下列身份行事所需角色："
        yield ""
        yield "| noun | party | roles |"
        yield "|---|---|---|"
        yield from parties(folder_of(service))


def parties(folder: Path) -> list[str]:
    """A line for each row of `parties.tsv`."""
    found = tables.parties(folder).items()
    return [f"| {noun} | {party} | {who(roles)} |" for noun, held in found for party, roles in held.items()]


def rows(table: PermissionTable) -> list[Permission]:
    """But for those of every process."""
    return [row for row in table.rows.values() if row.noun != "process"]


def listing(rows: Iterable[Permission]) -> list[str]:
    """A line for each row, worked out."""
    return [f"{row.operation}\t{who(row.roles)}\t{row.scope}" for row in rows]


def who(roles: frozenset[Role] | None) -> str:
    if roles is None:
        return "anyone"
    return "member" if roles == frozenset(Role) else ", ".join(role for role in Role if role in roles)
