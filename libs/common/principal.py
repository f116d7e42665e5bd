"""Who a verified token speaks for: its claims, under the names that the settings give them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from common import roles
from common.errors import Unauthenticated
from common.fields import OrganisationKey, SeenLine, storable
from common.roles import Role
from common.settings import PlatformSettings
from common.wording import worded

Subject = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(storable(""))]
"""OpenID Connect Core 1.0 §2: at most 255 characters."""


class Principal(BaseModel):
    """A verified caller: one person or program acting for one organisation.

    subject  a person; `client:` and its id for a program that has no person behind it (RFC 6749 §4.4)
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    subject: Subject
    organisation: OrganisationKey
    organisation_name: SeenLine
    roles: frozenset[Role]

    @property
    def caller(self) -> str:
        """Names the caller in stored keys: organisation and subject."""
        return f"{self.organisation.scheme}:{self.organisation.code}:{self.subject}"


def principal_from(claims: Mapping[str, Any], settings: PlatformSettings) -> Principal:
    """Raises Unauthenticated naming the claim that is missing or cannot be taken."""
    scheme = _claim(claims, settings.claim_scheme) or settings.default_scheme or None
    code, name = _claim(claims, settings.claim_code), _claim(claims, settings.claim_name)
    named = {
        "subject": _subject(claims),
        "organisation": {"scheme": scheme, "code": code},
        "organisation_name": code if name is None else name,
        "roles": roles.known(_renamed(_words(_claim(claims, settings.claim_roles)), settings.role_names)),
    }
    try:
        return Principal.model_validate(named)
    except ValidationError as error:
        raise _unfit(error, settings) from None


def _subject(claims: Mapping[str, Any]) -> object:
    if "sub" in claims:
        return claims["sub"]
    client = claims.get("client_id", claims.get("azp"))
    return f"client:{client}" if isinstance(client, str) else None


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of that name, or what lies at the path: `realm_access.roles` is in an object of another claim."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _words(given: Any) -> Iterable[object]:
    """Roles come as a list, or as words with blanks between them."""
    if isinstance(given, str):
        return given.split()
    return given if isinstance(given, list) else ()


def _renamed(names: Iterable[object], by_name: Mapping[str, str]) -> Iterable[object]:
    return (by_name.get(name, name) if isinstance(name, str) else name for name in names)


def _unfit(error: ValidationError, settings: PlatformSettings) -> Unauthenticated:
    """A token that verified is its issuer's: whoever set that up is told which claim is at fault."""
    names = {
        "subject": "sub",
        "scheme": settings.claim_scheme,
        "code": settings.claim_code,
        "organisation_name": settings.claim_name,
    }
    fault = error.errors()[0]
    claim = names.get(str(fault["loc"][-1]), str(fault["loc"][-1]))
    english, chinese = worded(dict(fault))
    return Unauthenticated(f"The token's claim {claim}: {english}", f"令牌的 {claim} 字段：{chinese}")
