"""Returns: what they would come to, shown and confirmed once, whole or in parts (rules 8 and 9)."""

from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.returns import MoreThanLeft, ReturnFigures, return_of
from operations.ledger import EntryKind
from operations.receipts import send_returned
from operations.referrals_taken_back import friend_points_at_stake, revoke_referral
from operations.returnable import (
    NothingLeft,
    Refused,
    Returnable,
    terms_of,
    to_be_returned,
)
from operations.senders import Sender
from operations.standing import TierReason, revisit_standing
from operations.transaction import Tx
from operations.visit_points import TakenBack, pending_until, take_back
from storage import audit_log, clients, returns, staff, visits
from storage.clients import Client
from storage.returns import ReturnPreview as StoredPreview
from storage.returns import VisitReturn
from storage.visits import Visit

PREVIEW_LIVES = timedelta(minutes=15)


@dataclass(frozen=True)
class ReturnPreview:
    """What the return would come to; the visit as it is before it."""

    id: int
    visit: Visit
    client: Client
    figures: ReturnFigures
    active_on: date | None  # the points to be taken are not on the card yet
    referral_points: int  # the client's own, for coming by a friend's link, that go with it
    balance_after: int


@dataclass(frozen=True)
class Returned:
    """It came back, by this tap or by an earlier one."""

    visit: Visit  # as it is now
    client: Client
    made: VisitReturn
    balance: int  # now
    staff_name: str | None  # who returned it; none: an owner who is on no list
    is_mine: bool
    repeated: bool


@dataclass(frozen=True)
class ReturnShownAnew:
    """Not returned: something else was meanwhile, so other figures are left."""

    preview: ReturnPreview


@dataclass(frozen=True)
class TooMuch:
    """More than is left of the bill; `largest` in minor units."""

    visit: Visit
    client: Client
    largest: int


@dataclass(frozen=True)
class ReturnLapsed:
    """The preview is too old to be confirmed."""

    preview_id: int


@dataclass(frozen=True)
class ReturnDropped:
    """❌: everything stays as it is."""


@dataclass(frozen=True)
class ReturnUnknown:
    """No such preview: refused before, forged, or long forgotten."""


Previewed = ReturnPreview | TooMuch | Refused
Confirmed = Returned | ReturnShownAnew | TooMuch | ReturnLapsed | ReturnUnknown | Refused


async def preview_return(
    tx: Tx, *, actor: Sender, visit_id: int, amount: int | None = None
) -> Previewed:
    """Reckons a return of so much of the bill (minor units; None: all that is left)."""
    found = await to_be_returned(tx, actor=actor, visit_id=visit_id)
    if not isinstance(found, Returnable):
        return found
    return await _preview(tx, actor, found, found.visit.bill if amount is None else amount)


async def repeat_return(tx: Tx, *, actor: Sender, preview_id: int) -> Previewed | ReturnUnknown:
    """Shows a lapsed preview's return anew."""
    stored = await returns.preview(tx.db, preview_id)
    if stored is None:
        return ReturnUnknown()
    return await preview_return(tx, actor=actor, visit_id=stored.visit_id, amount=stored.amount)


async def confirm_return(tx: Tx, *, actor: Sender, preview_id: int) -> Confirmed:
    """Makes the return that the preview shows, once; later taps get the stored outcome."""
    stored = await returns.preview(tx.db, preview_id)
    if stored is None:
        return ReturnUnknown()
    found = await to_be_returned(tx, actor=actor, visit_id=stored.visit_id)
    # Behind the client's lock, which the search has taken: whoever held it may have returned it.
    made = await returns.of_preview(tx.db, preview_id)
    if made is not None and isinstance(found, Returnable | NothingLeft):
        return await _returned(tx, actor, found.visit, made, repeated=True)
    if not isinstance(found, Returnable):
        return found
    if await returns.preview(tx.db, preview_id) is None:
        return ReturnUnknown()
    if stored.expires_at <= tx.now:
        return ReturnLapsed(preview_id)
    if stored.returned_before != found.visit.returned:
        anew = await _preview(tx, actor, found, stored.amount)
        return anew if isinstance(anew, TooMuch) else ReturnShownAnew(anew)
    return await _return(tx, actor, found, stored)


async def refuse_return(
    tx: Tx, *, actor: Sender, preview_id: int
) -> ReturnDropped | Returned | ReturnUnknown | Refused:
    """Puts the preview aside; one that was confirmed before stays so, and that is told."""
    stored = await returns.preview(tx.db, preview_id)
    if stored is None:
        return ReturnUnknown()
    found = await to_be_returned(tx, actor=actor, visit_id=stored.visit_id)
    made = await returns.of_preview(tx.db, preview_id)
    if made is not None and isinstance(found, Returnable | NothingLeft):
        return await _returned(tx, actor, found.visit, made, repeated=True)
    if not isinstance(found, Returnable | NothingLeft):
        return found
    await returns.drop_preview(tx.db, preview_id)
    return ReturnDropped()


async def _preview(
    tx: Tx, actor: Sender, found: Returnable, amount: int
) -> ReturnPreview | TooMuch:
    visit, client = found.visit, found.client
    try:
        figures = return_of(terms_of(visit), amount)
    except MoreThanLeft as refusal:
        return TooMuch(visit, client, refusal.largest)
    stored = await returns.add_preview(
        tx.db,
        {
            "visit_id": visit.id,
            "amount": amount,
            "returned_before": visit.returned,
            "staff_id": actor.telegram_id,
            "created_at": tx.now,
            "expires_at": tx.now + PREVIEW_LIVES,
        },
    )
    active_on = await pending_until(tx, visit)
    at_stake = await friend_points_at_stake(tx, visit=visit, bill_left=figures.rest.bill)
    taken = figures.points_taken if active_on is None else 0
    return ReturnPreview(
        id=stored.id,
        visit=visit,
        client=client,
        figures=figures,
        active_on=active_on,
        referral_points=at_stake,
        balance_after=client.balance + figures.points_restored - taken - at_stake,
    )


async def _return(tx: Tx, actor: Sender, found: Returnable, stored: StoredPreview) -> Returned:
    """All that a return does; the client is locked, the preview is of the visit as it is."""
    visit, client = found.visit, found.client
    figures = return_of(terms_of(visit), stored.amount)
    back = await take_back(
        tx,
        client,
        visit,
        earned=figures.points_taken,
        spent=figures.points_restored,
        kind=EntryKind.RETURN,
        key=f"return:{stored.id}",
        actor_id=actor.telegram_id,
    )
    made = await _write_down(tx, actor, found, stored, figures, back)
    after = await visits.by_id(tx.db, visit.id)
    assert after is not None, "visits are not deleted"
    await send_returned(tx, client=client, visit=after, made=made, balance=back.balance)
    await revoke_referral(
        tx,
        visit_id=visit.id,
        bill_left=after.bill,
        actor_id=actor.telegram_id,
        reason=TierReason.RETURN,
    )
    await revisit_standing(tx, client, visit.id, TierReason.RETURN)
    return await _returned(tx, actor, after, made, repeated=False)


async def _write_down(
    tx: Tx,
    actor: Sender,
    found: Returnable,
    stored: StoredPreview,
    figures: ReturnFigures,
    back: TakenBack,
) -> VisitReturn:
    """The return's own row, what is left of the visit, the client's caches, the audit log."""
    visit, client, rest = found.visit, found.client, figures.rest
    made = await returns.add(
        tx.db,
        {
            "visit_id": visit.id,
            "preview_id": stored.id,
            "returned_before": visit.returned,
            "amount": figures.amount,
            "refund": figures.refund,
            "points_restored": back.restored,
            "points_taken": back.taken,
            "points_pending": back.not_coming,
            "staff_id": actor.telegram_id,
            "branch": visit.branch,
            "at": tx.now,
            "on_day": tx.today,
        },
    )
    left = {
        "bill": rest.bill,
        "discount": rest.discount,
        "points_spent": rest.points_spent,
        "to_pay": rest.to_pay,
        "eligible": rest.eligible,
        "points_earned": rest.points_earned,
        "returned": visit.returned + figures.amount,
    }
    await visits.lower(tx.db, visit.id, left, whole=figures.is_whole, now=tx.now)
    if figures.is_whole:
        last = await visits.last_visit_on(tx.db, client.id)
        changes = {"visits": client.visits - 1, "last_visit_on": last}
        await clients.change(tx.db, client.id, changes)
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action="visit.returned",
        client_id=client.id,
        subject_id=visit.id,
        details={
            "amount": figures.amount,
            "left": rest.bill,
            "refund": figures.refund,
            "restored": back.restored,
            "taken": back.taken,
            "pending": back.not_coming,
        },
    )
    return made


async def _returned(
    tx: Tx, actor: Sender, visit: Visit, made: VisitReturn, *, repeated: bool
) -> Returned:
    client = await clients.by_id(tx.db, visit.client_id)  # with what the return made of it
    assert client is not None, "a visit has a client"
    return Returned(
        visit=visit,
        client=client,
        made=made,
        balance=client.balance,
        staff_name=await staff.name_of(tx.db, made.staff_id),
        is_mine=made.staff_id == actor.telegram_id,
        repeated=repeated,
    )
