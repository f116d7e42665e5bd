"""The verb `token`: checks whom it speaks for, issues it, and says what it is good for."""

import http.client
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from common import uscc
from common.fields import OrganisationKey
from common.wording import worded
from deploy.embedded import ports
from deploy.embedded.errors import Refused
from deploy.embedded.plan import Plan
from deploy.embedded.tokens import A_DAY_S, ROLES, issuer_of

WIDEST = max(map(len, ROLES)) + 1


def issued(plan: Plan, asked: Namespace) -> str:
    """A token for a day. Raises Refused for a code that no organisation can have."""
    key = checked(asked.scheme, asked.code)
    return issuer_of(plan).mint(key.scheme, key.code, asked.name, asked.roles, lifetime_s=A_DAY_S)


def explained(plan: Plan, asked: Namespace, at: datetime) -> Iterator[str]:
    """Lines on what a token issued at `at` is good for, and a warning when nobody is recorded under its code."""
    until = at.astimezone(UTC) + timedelta(seconds=A_DAY_S)
    yield f"For {asked.scheme}:{asked.code} ({asked.name}), until {until:%Y-%m-%d %H:%M} UTC."
    yield from (f"  {role:<{WIDEST}}{ROLES[role]}" for role in asked.roles)
    if _is_unknown(plan, asked.scheme, asked.code):
        yield (
            f"Warning: no organisation {asked.scheme}:{asked.code} is recorded here. If the code is right, its first "
            "request records it under this name."
        )


def checked(scheme: str, code: str) -> OrganisationKey:
    """Raises Refused for a code that no organisation can have."""
    try:
        key = OrganisationKey(scheme=scheme, code=code)
    except ValidationError as error:
        faults = [f"{fault['loc'][-1]}: {worded(dict(fault))[0]}" for fault in error.errors()]
        raise Refused("; ".join(faults)) from None
    if scheme == uscc.SCHEME and (fault := uscc.fault(code)):
        raise Refused(f"{code}: {fault[0]}（{fault[1]}）")
    return key


def _is_unknown(plan: Plan, scheme: str, code: str) -> bool:
    """Whether a running catalog says so; nobody knows while none runs."""
    connection = http.client.HTTPConnection(ports.LOOPBACK, plan.ports["catalog"], timeout=5)
    try:
        connection.request("GET", f"/v1/organisations/{scheme}/{code}")
        return connection.getresponse().status == 404
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
