"""What authorities do with share rules, and the shares that anyone asks for."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.fields import key_of
from catalog.organisations.models import Organisation
from catalog.procurements.rules import quarters
from catalog.records.changing import Changing
from catalog.records.records import Records, by_owner
from catalog.share_rules import repository, rules
from catalog.share_rules.filters import ShareFilters, ShareRuleFilters
from catalog.share_rules.models import ShareRule
from catalog.share_rules.rules import Share, ShareRuleAction, ShareRuleParty
from catalog.share_rules.schemas import ShareRuleContent, ShareRuleOut, ShareRuleRevision, columns
from common.contracts.words import ProcurementCategory
from common.errors import NotFound
from common.fields import OrganisationKey
from common.pagination import PageRequest


def _text(rule: ShareRule) -> dict[str, Any]:
    return ShareRuleOut.model_validate(rule).model_dump(mode="json")


SHARE_RULES = Records(ShareRule, rules.LIFE, by_owner(ShareRuleParty.OWNER), _text)


async def enact(changing: Changing, content: ShareRuleContent) -> ShareRule:
    """A rule in force, by which anyone can have shares computed."""
    rules.refuse_faulty(content)
    return await SHARE_RULES.begin(changing, ShareRuleParty.OWNER, **columns(content))


async def revise(changing: Changing, rule_id: UUID, revision: ShareRuleRevision, expected: int) -> ShareRule:
    """Another version; shares can still be computed by the one before."""
    step = SHARE_RULES.step(changing, rule_id, ShareRuleAction.REVISE, revision.reason, expected=expected)
    async with step as rule:
        rules.refuse_faulty(revision)
        for name, value in columns(revision).items():
            setattr(rule, name, value)
    return rule


async def take(changing: Changing, rule_id: UUID, action: str, reason: str | None) -> ShareRule:
    """A step that changes nothing else."""
    async with SHARE_RULES.step(changing, rule_id, action, reason) as rule:
        pass
    return rule


async def page(session: AsyncSession, wanted: PageRequest, filters: ShareRuleFilters) -> Sequence[ShareRule]:
    return await SHARE_RULES.page(session, wanted, *repository.listed(filters))


class OrganisationShares(NamedTuple):
    """What one organisation bought, by a rule as it is or was: the share of each category asked for."""

    organisation: Organisation
    rule: ShareRuleOut
    shares: dict[ProcurementCategory, Share]


async def shares(session: AsyncSession, wanted: PageRequest, asked: ShareFilters) -> list[OrganisationShares]:
    """Up to `limit + 1` organisations that bought something in the period, computed from the records as they are now.

    Raises NotFound for an unknown rule, InvalidInput for a period or category that it does not hold for.
    """
    rule = await _rule(session, asked)
    rules.refuse_period(asked.period, rule)
    rules.refuse_category(asked.category, rule)
    key = None if asked.owner is None else key_of(asked.owner)
    buyers = await repository.buyers(session, wanted, quarters(asked.period), key)
    bought = await repository.bought(session, buyers, quarters(asked.period))
    return [
        OrganisationShares(each, rule, _asked_for(rules.shares(bought.get(_key(each), ()), rule), asked.category))
        for each in buyers
    ]


def _key(organisation: Organisation) -> OrganisationKey:
    return OrganisationKey(scheme=organisation.scheme, code=organisation.code)


def _asked_for(
    found: dict[ProcurementCategory, Share], category: ProcurementCategory | None
) -> dict[ProcurementCategory, Share]:
    return found if category is None else {category: found[category]}


async def _rule(session: AsyncSession, asked: ShareFilters) -> ShareRuleOut:
    rule = await SHARE_RULES.read(session, None, asked.rule_id)
    if asked.rule_version in (None, rule.version):
        return ShareRuleOut.model_validate(rule)
    text = await repository.text_of(session, rule.id, asked.rule_version or 0)
    if text is None:
        raise NotFound(
            f"The rule has no version {asked.rule_version}; the newest is {rule.version}",
            f"该规则没有第 {asked.rule_version} 版，最新为第 {rule.version} 版",
        )
    return ShareRuleOut.model_validate(text)
