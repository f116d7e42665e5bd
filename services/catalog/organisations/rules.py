"""Which organisations may be recorded, and by whom."""

from common import uscc
from common.errors import FieldFault, Forbidden, invalid
from common.fields import OrganisationKey
from common.roles import Role


def refuse_wrong_code(key: OrganisationKey) -> None:
    """Raises InvalidInput naming the path parameter when a credit code cannot be right."""
    fault = uscc.fault(key.code) if key.scheme == uscc.SCHEME else None
    if fault:
        raise invalid(FieldFault(*fault, parameter="code"))


def refuse_stranger(key: OrganisationKey, caller: OrganisationKey, roles: frozenset[str]) -> None:
    """Raises Forbidden unless the caller is the organisation itself or an operator."""
    if caller != key and Role.OPERATOR not in roles:
        raise Forbidden(
            "Only the organisation itself or an operator may write this", "只有该单位自己或平台运营者可以填写"
        )
