"""What sellers, buyers and brokers do with transfers."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.organisations import service as organisations
from catalog.records.changing import Changing
from catalog.records.records import Records, private
from catalog.transfers import repository, rules
from catalog.transfers.filters import TransferFilters
from catalog.transfers.models import TransferContract
from catalog.transfers.rules import TransferAction, TransferParty, TransferState, TransferType
from catalog.transfers.schemas import TransferContent, TransferRegistration, TransferTerms, TransferValuation
from common.auth import Principal
from common.fields import OrganisationKey
from common.listing import RecordListing


def _parties(transfer: TransferContract, caller: Principal) -> Collection[TransferParty]:
    return [party for party, key in transfer.parties.items() if key == caller.organisation]


def _audience(transfer: TransferContract) -> Iterable[OrganisationKey]:
    return transfer.parties.values()


TRANSFERS = Records(TransferContract, rules.LIFE, _parties, private, _audience)


async def propose(changing: Changing, content: TransferContent) -> TransferContract:
    """A transfer that its proposer has confirmed, and the other parties have not yet."""
    caller = changing.caller.organisation
    named = {name: getattr(content, name) for name in TransferParty if getattr(content, name) is not None}
    rules.refuse_mandate(content.broker, content.mandate_id)
    rules.refuse_same(named.values())
    rules.refuse_stranger(named.values(), caller)
    fields = content.model_dump(include={"docking_id", "mandate_id", "type", "title"})
    # The proposer may act here for the first time.
    await organisations.of_caller(changing.session, changing.caller, changing.at)
    for name, key in named.items():
        found = await organisations.named(changing.session, key, f"#/{name}")
        fields |= {f"{name}_scheme": found.scheme, f"{name}_code": found.code, f"{name}_name": found.name}
    mine = next(name for name, key in named.items() if key == caller)
    return await TRANSFERS.begin(changing, mine, **fields, confirmed_by=[mine], signed_by=[])


async def confirm(changing: Changing, transfer_id: UUID) -> TransferContract:
    """Say that docking, mandate and parties are as they are named; with the last confirmation it is docked."""
    transfer = await TRANSFERS.seek(changing, transfer_id)
    mine, is_last = _next(transfer, changing.caller, transfer.confirmed_by)
    action = TransferAction.DOCK if is_last else TransferAction.CONFIRM
    async with TRANSFERS.step(changing, transfer_id, action) as transfer:
        rules.refuse_again(mine, transfer.confirmed_by)
        transfer.confirmed_by = [*transfer.confirmed_by, *mine]
    return transfer


async def value(changing: Changing, transfer_id: UUID, valuation: TransferValuation) -> TransferContract:
    """Say what the technology is worth to whom is none of the parties."""
    async with TRANSFERS.step(changing, transfer_id, TransferAction.VALUE) as transfer:
        rules.refuse_valuer(valuation.valuer, transfer.parties.values())
        transfer.valuation = valuation.model_dump(mode="json")
    return transfer


async def offer(changing: Changing, transfer_id: UUID, terms: TransferTerms) -> TransferContract:
    """Terms to be signed; whoever signed others before has to sign again."""
    async with TRANSFERS.step(changing, transfer_id, TransferAction.OFFER) as transfer:
        amounts = [each.amount_fen for each in terms.instalments]
        has_broker = transfer.broker is not None
        rules.refuse_unbalanced(terms.price_fen, terms.broker_fee_fen, amounts, has_broker=has_broker)
        transfer.price_fen, transfer.broker_fee_fen = terms.price_fen, terms.broker_fee_fen
        transfer.instalments = [
            {"due_on": each.due_on.isoformat(), **share._asdict()}
            for each, share in zip(terms.instalments, rules.shares(amounts, terms.broker_fee_fen), strict=True)
        ]
        transfer.signed_by = []
    return transfer


async def sign(changing: Changing, transfer_id: UUID, expected: int) -> TransferContract:
    """Sign the terms that were read; with the last signature it is contracted."""
    transfer = await TRANSFERS.seek(changing, transfer_id)
    mine, is_last = _next(transfer, changing.caller, transfer.signed_by)
    action = TransferAction.CONTRACT if is_last else TransferAction.SIGN
    async with TRANSFERS.step(changing, transfer_id, action, expected=expected) as transfer:
        rules.refuse_no_terms(transfer.price_fen)
        rules.refuse_again(mine, transfer.signed_by)
        transfer.signed_by = [*transfer.signed_by, *mine]
    return transfer


def _next(transfer: TransferContract, caller: Principal, done: Collection[str]) -> tuple[Collection[str], bool]:
    """As what the caller acts, and whether everybody has done it then."""
    mine = _parties(transfer, caller)
    return mine, transfer.parties.keys() <= {*done, *mine}


async def register(changing: Changing, transfer_id: UUID, registration: TransferRegistration) -> TransferContract:
    async with TRANSFERS.step(changing, transfer_id, TransferAction.REGISTER) as transfer:
        transfer.registration_number = registration.registration_number
        transfer.registered_on = registration.registered_on
    return transfer


async def take(changing: Changing, transfer_id: UUID, action: str, reason: str | None) -> TransferContract:
    """A step that changes nothing else."""
    async with TRANSFERS.step(changing, transfer_id, action, reason) as transfer:
        transfer.state_reason = reason
    return transfer


async def page(listing: RecordListing, caller: Principal, filters: TransferFilters) -> Sequence[TransferContract]:
    """Those that the caller is a party to."""
    return await TRANSFERS.page(listing.session, listing.page, *repository.listed(filters, caller.organisation))


async def counts(session: AsyncSession) -> Sequence[Row[TransferState, TransferType, int]]:
    return await repository.counts(session)
