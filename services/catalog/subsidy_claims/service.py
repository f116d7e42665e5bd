"""What claimants, officers and the clock do with subsidy claims."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.records.changing import Changing
from catalog.records.records import Records
from catalog.subsidies.models import SubsidyScheme
from catalog.subsidies.service import SCHEMES
from catalog.subsidy_claims import repository, rules
from catalog.subsidy_claims.filters import SubsidyClaimFilters
from catalog.subsidy_claims.models import SubsidyClaim
from catalog.subsidy_claims.rules import Balance, SubsidyClaimAction, SubsidyClaimParty
from catalog.subsidy_claims.schemas import PayeeAccount, SubsidyApproval, SubsidyClaimContent, SubsidyClaimOut
from common import deadlines
from common.auth import Principal
from common.deadlines import Handler
from common.errors import Forbidden, NotFound, Unauthenticated
from common.fields import OrganisationKey
from common.pagination import PageRequest

CONCLUDE = "subsidy_claim.conclude"
"""A kind of deadline."""


def _handlers(claim: SubsidyClaim) -> list[OrganisationKey]:
    named = (OrganisationKey.model_validate(each) for each in claim.scheme.handlers)
    return [claim.scheme.owner_key, *named]


def _parties(claim: SubsidyClaim, caller: Principal) -> Collection[SubsidyClaimParty]:
    mine = caller.organisation
    return rules.parties(caller.roles, is_claimant=claim.owner_key == mine, is_handler=mine in _handlers(claim))


def _text(claim: SubsidyClaim) -> dict[str, Any] | None:
    return None if claim.notice_ends_at is None else public(claim).model_dump(mode="json")


def _audience(claim: SubsidyClaim) -> Iterable[OrganisationKey]:
    return _handlers(claim)


CLAIMS = Records(SubsidyClaim, rules.LIFE, _parties, _text, _audience)


def public(claim: SubsidyClaim) -> SubsidyClaimOut:
    """What everyone reads of it."""
    return SubsidyClaimOut.model_validate(claim).model_copy(update={"cost_fen": None, "evidence": None})


def shown_to(claim: SubsidyClaim, visitor: Principal | None) -> SubsidyClaimOut:
    """What somebody reads of it: those whom it concerns all but the account."""
    if visitor is not None and _parties(claim, visitor):
        return SubsidyClaimOut.model_validate(claim)
    return public(claim)


async def file(changing: Changing, content: SubsidyClaimContent) -> SubsidyClaim:
    """A claim of the caller's organisation for a solution of theirs, for all that the scheme's terms make of it."""
    session, caller, _ = changing
    scheme = await _locked(session, content.scheme_id)
    rules.refuse_not_open(scheme.state)
    solution = await repository.solution(session, content.solution_id, caller.organisation)
    demand_id = await repository.demand_of(session, solution.solicitation_id)
    rules.refuse_no_basis(solution.state, was_adopted=await repository.was_adopted(session, demand_id))
    validation_id = await _validation(session, scheme, solution.id)
    rules.refuse_second(await repository.standing(session, scheme.id, solution.id))
    amount = rules.entitled(content.cost_fen, scheme.rate_basis_points, scheme.cap_claim_fen)
    rules.refuse_nothing(amount, (await _balance(session, scheme)).remaining)
    fields = {
        **content.model_dump(mode="json", exclude={"scheme_id", "solution_id"}),
        "scheme_id": scheme.id,
        "solution_id": solution.id,
        "demand_id": demand_id,
        "validation_id": validation_id,
        "amount_fen": amount,
        "filed_by": caller.subject,
    }
    return await CLAIMS.begin(changing, SubsidyClaimParty.CLAIMANT, scheme=scheme, **fields)


async def take(changing: Changing, claim_id: UUID, action: str, reason: str | None) -> SubsidyClaim:
    """A step without content of its own: of an officer who has no part in what the claim is for, or its claimant's."""
    async with CLAIMS.step(changing, claim_id, action, reason) as claim:
        if action != SubsidyClaimAction.WITHDRAW:
            await _refuse_involved(changing, claim)
        claim.state_reason = reason
        _follow(claim, action, changing)
    await _keep_deadline(changing.session, claim)
    return claim


def _follow(claim: SubsidyClaim, action: str, changing: Changing) -> None:
    if action == SubsidyClaimAction.VERIFY:
        claim.verified_by = changing.caller.subject
    elif action == SubsidyClaimAction.PUBLICISE:
        claim.notice_ends_at = changing.at + timedelta(days=claim.scheme.notice_days)
    elif action in (SubsidyClaimAction.REFUSE, SubsidyClaimAction.WITHDRAW):
        # Nothing will be paid, so nobody needs to know where to.
        claim.account = None


async def approve(changing: Changing, claim_id: UUID, approval: SubsidyApproval) -> SubsidyClaim:
    """Grant what was claimed, or less, after the public notice, within what is left of the scheme's total."""
    session, caller, at = changing
    async with CLAIMS.step(changing, claim_id, SubsidyClaimAction.APPROVE) as claim:
        await _refuse_involved(changing, claim)
        rules.refuse_same(caller.subject, claim.verified_by)
        rules.refuse_in_notice(claim.notice_ends_at, at)
        # It may have been doubted or annulled since.
        claim.validation_id = await _validation(session, claim.scheme, claim.solution_id)
        # The lock is held to the end of the transaction: the next approval sums this one too.
        scheme = await _locked(session, claim.scheme_id)
        amount = claim.amount_fen if approval.amount_fen is None else approval.amount_fen
        remaining = (await _balance(session, scheme, but=claim.id)).remaining
        rules.refuse_excess(amount, claim.amount_fen, remaining)
        claim.amount_fen, claim.state_reason = amount, None
    await _keep_deadline(session, claim)
    return claim


async def _validation(session: AsyncSession, scheme: SubsidyScheme, solution_id: UUID) -> UUID | None:
    """The one that a claim stands on, where its scheme asks for one. Raises NotAllowedNow."""
    if not scheme.needs_validation:
        return None
    accepted = await repository.accepted_validation(session, solution_id)
    rules.refuse_unvalidated(accepted)
    return accepted


async def _refuse_involved(changing: Changing, claim: SubsidyClaim) -> None:
    rules.refuse_involved(changing.caller, await repository.involved(changing.session, claim))


async def _locked(session: AsyncSession, scheme_id: UUID) -> SubsidyScheme:
    scheme = await repository.locked_scheme(session, scheme_id)
    if scheme is None:
        raise SCHEMES.missing()
    return scheme


async def _balance(session: AsyncSession, scheme: SubsidyScheme, but: UUID | None = None) -> Balance:
    return rules.balance(scheme.cap_total_fen, await repository.sums(session, scheme.id, but))


async def balance(session: AsyncSession, scheme_id: UUID) -> Balance:
    """What a scheme has granted, computed from its claims as they are now. Raises NotFound."""
    return await _balance(session, await SCHEMES.read(session, None, scheme_id))


async def account(session: AsyncSession, caller: Principal, claim_id: UUID) -> PayeeAccount:
    """Where to pay, for its claimant and for officers who may decide on it. Raises NotFound, Forbidden."""
    claim = await CLAIMS.read(session, caller, claim_id)
    found = _parties(claim, caller)
    if not found:
        raise Forbidden("Only its claimant and officers of its scheme read this", "仅申请单位和经办人员可以查看")
    if SubsidyClaimParty.CLAIMANT not in found:
        rules.refuse_involved(caller, await repository.involved(session, claim))
    if claim.account is None:
        raise NotFound("The claim has ended; its account was forgotten", "申请已终止，账户信息已删除")
    return PayeeAccount.model_validate(claim.account)


async def page(
    session: AsyncSession, wanted: PageRequest, filters: SubsidyClaimFilters, visitor: Principal | None
) -> Sequence[SubsidyClaim]:
    """Raises Unauthenticated, Forbidden for lists that need more than a visitor is."""
    if (filters.mine or filters.to_handle) and visitor is None:
        raise Unauthenticated("That list needs an access token", "查看该列表需要访问令牌")
    if filters.to_handle and visitor is not None:
        rules.refuse_no_officer(visitor.roles)
    viewer = visitor.organisation if visitor else None
    return await CLAIMS.page(session, wanted, *repository.listed(filters, viewer))


async def _keep_deadline(session: AsyncSession, claim: SubsidyClaim) -> None:
    is_in_notice = claim.state is rules.PUBLICISED
    await deadlines.put(session, CONCLUDE, claim.id, claim.notice_ends_at if is_in_notice else None)


async def conclude_due(session: AsyncSession, claim_id: UUID, at: datetime) -> None:
    """Tell everyone that the public notice has ended, if that is how it stands."""
    await CLAIMS.strike(session, claim_id, SubsidyClaimAction.CONCLUDE, SubsidyClaimParty.CLOCK, at)


DUE: dict[str, Handler] = {CONCLUDE: conclude_due}
"""What the clock does for subsidy claims."""
