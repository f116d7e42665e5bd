"""Which organisations may be recorded, and by whom."""

from common import uscc
from common.errors import FieldError, Forbidden, InvalidInput
from common.fields import OrganisationKey

USCC = "uscc"
OPERATOR = "operator"


def refuse_wrong_code(key: OrganisationKey) -> None:
    """Raises InvalidInput naming the path parameter when a credit code cannot be right."""
    fault = uscc.fault(key.code) if key.scheme == USCC else None
    if fault:
        error = FieldError(parameter="code", detail=fault)
        raise InvalidInput(f"The code is not valid: {fault}", "统一社会信用代码不正确，请核对每一位", errors=(error,))


def refuse_wrong_token(caller: OrganisationKey) -> None:
    """Raises Forbidden when the token speaks for a credit code that no organisation can have."""
    fault = uscc.fault(caller.code) if caller.scheme == USCC else None
    if fault:
        raise Forbidden(
            f"The token's organisation code is not valid: {fault}", "令牌中的统一社会信用代码不正确，请联系发放方"
        )


def refuse_stranger(key: OrganisationKey, caller: OrganisationKey, roles: frozenset[str]) -> None:
    """Raises Forbidden unless the caller is the organisation itself or an operator."""
    if caller != key and OPERATOR not in roles:
        raise Forbidden(
            "Only the organisation itself or an operator may write this", "只有该单位自己或平台运营者可以填写"
        )
