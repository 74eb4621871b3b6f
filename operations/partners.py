"""Offers of neighbouring businesses: a code of theirs for each client who wants one."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from loyalty.programme import Level, Programme
from loyalty.programme.load import load_partner_codes
from loyalty.programme.offers import Partner
from operations.outgoing import notify, to_account
from operations.senders import Sender
from operations.standing import current_level
from operations.transaction import Tx
from storage import clients, partner_codes
from storage.partner_codes import NO_STOCK, Stock
from templates.partners import CodesLow

LOW_STOCK = 10  # codes left, of which the owners are told
BATCH_MAX = 500  # codes written in one transaction, so that nobody waits behind them


@dataclass(frozen=True)
class CodeGiven:
    """The client's code, given now or before."""

    partner: Partner
    code: str
    repeated: bool


@dataclass(frozen=True)
class NoCodesLeft:
    """Others were quicker."""

    partner: Partner


@dataclass(frozen=True)
class OfferGone:
    """Not in the programme, or not for this client's level; or it needs no code."""


@dataclass(frozen=True)
class PartnerFigures:
    """What became of a partner's codes."""

    partner: Partner
    stock: Stock


def partner_of(programme: Programme, code: str) -> Partner | None:
    """The partner of this code, if the programme still has it."""
    return next((partner for partner in programme.partners if partner.code == code), None)


def is_offered_to(partner: Partner, level: Level) -> bool:
    """Whether clients of this level get it."""
    return not partner.tiers or level.code in partner.tiers


async def take_code(
    tx: Tx, *, actor: Sender, partner_code: str, owner_ids: Collection[int]
) -> CodeGiven | NoCodesLeft | OfferGone:
    """A code of the partner for this client: one for good, the same however often it is asked.

    A code that was given stays the client's, though the level or the file change.
    """
    client = None if actor.client is None else await clients.lock(tx.db, actor.client.id)
    partner = partner_of(tx.programme, partner_code)
    if client is None or partner is None:
        return OfferGone()
    held = (await partner_codes.of_client(tx.db, client.id)).get(partner.code)
    if held is not None:
        return CodeGiven(partner, held, repeated=True)
    if partner.codes is None or not is_offered_to(partner, current_level(tx, client)):
        return OfferGone()
    await partner_codes.lock(tx.db, partner.code)
    taken = await partner_codes.take(tx.db, partner.code, client_id=client.id, now=tx.now)
    if taken is None:
        return NoCodesLeft(partner)
    await _warn(tx, partner, owner_ids)
    return CodeGiven(partner, taken, repeated=False)


async def partner_figures(tx: Tx) -> tuple[PartnerFigures, ...]:
    """What was taken of each partner's codes, and what is left; partners without codes not."""
    stocks = await partner_codes.stocks(tx.db)
    return tuple(
        PartnerFigures(partner, stocks.get(partner.code, NO_STOCK))
        for partner in tx.programme.partners
        if partner.codes is not None
    )


async def _warn(tx: Tx, partner: Partner, owner_ids: Collection[int]) -> None:
    """Tells the owners that few are left, and that none is; once each, until codes are added."""
    stock = await partner_codes.stock(tx.db, partner.code)
    if stock.left not in (0, LOW_STOCK):
        return
    for owner_id in sorted(owner_ids):
        recipient = await to_account(tx, owner_id)
        told = CodesLow(partner.name.of(recipient.language), partner.codes or "", stock.left)
        key = f"partner_codes:{partner.code}:{stock.total}:{stock.left}:{owner_id}"
        await notify(tx, recipient, told, key=key)


# -- filling, at the start of the process


@dataclass(frozen=True)
class Refill:
    """A batch of what changed in a partner's file: either of the two is empty."""

    partner: str
    added: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


async def due_refills(tx: Tx) -> Sequence[Refill]:
    """What the files have that the table has not, and the other way round, in batches.

    A code that left its file is withdrawn unless somebody has it. Raises CodesUnreadable.
    """
    found: list[Refill] = []
    for partner in tx.programme.partners:
        if partner.codes is not None:
            listed = load_partner_codes(tx.programme, partner)
            found += _refills(partner.code, listed, await partner_codes.known(tx.db, partner.code))
    return found


def _refills(partner: str, listed: Sequence[str], known: dict[str, bool]) -> Iterator[Refill]:
    wanted = set(listed)
    gone = [code for code, is_taken in known.items() if not is_taken and code not in wanted]
    for batch in _batches(gone):
        yield Refill(partner, withdrawn=batch)
    for batch in _batches([code for code in listed if code not in known]):
        yield Refill(partner, added=batch)


def _batches(codes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(codes), BATCH_MAX):
        yield tuple(codes[start : start + BATCH_MAX])


async def refill(tx: Tx, batch: Refill) -> None:
    """Writes one batch; again, or by two processes at once, changes nothing more."""
    await partner_codes.lock(tx.db, batch.partner)
    if batch.withdrawn:
        await partner_codes.withdraw(tx.db, batch.partner, batch.withdrawn)
    await partner_codes.add(tx.db, batch.partner, batch.added)
