"""SQL of who may read which profile."""

from sqlalchemy import ColumnElement, and_, or_

from common.auth import Principal
from matcher.matching import repository as matching
from matcher.subjects.profiles.models import Profile
from matcher.subjects.profiles.rules import ProfileVisibility


def shown_to(visitor: Principal | None) -> ColumnElement[bool]:
    """Profiles that a visitor may read: public ones, those of the visitor's own organisation, and, where parties may
    read them, those that a demand of the visitor's matches now."""
    public = Profile.visibility == ProfileVisibility.PUBLIC
    if visitor is None:
        return public
    organisation = visitor.organisation
    own = and_(Profile.organisation_scheme == organisation.scheme, Profile.organisation_code == organisation.code)
    for_parties = Profile.visibility == ProfileVisibility.PARTIES
    return or_(public, own, and_(for_parties, matching.is_matched_by(organisation)))
