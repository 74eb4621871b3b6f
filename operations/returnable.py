"""Which visits can be returned, by whom, and until when."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from loyalty.refusals import Refusal
from loyalty.visits import VisitTerms
from operations.authority import require
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visit_locks import lock_visit
from operations.visit_previews import SelfService, refuse_oneself
from storage import audit_log, clients, returns, staff, visits
from storage.clients import Client, ClientStatus
from storage.visits import Visit

STAFF_DAYS = 30  # later, a manager returns it
CHOICES_MAX = 8
CHOICES_FROM = timedelta(days=1)
HUNDRED_PERCENT = Fraction(100)

_NUMBER = re.compile(r"(?:№|#|n[o°º]?\.?)?[ \u00a0]*0*([1-9][0-9]{0,17})(?!\S)", re.IGNORECASE)


class VisitUnreadable(Refusal):
    """The text does not begin with a visit's number."""


class VisitNumber(NamedTuple):
    """A visit as staff name it, and what was typed after it."""

    visit_id: int
    rest: str


@dataclass(frozen=True)
class Returnable:
    """Something of it is left, and this actor may return it; the client is locked."""

    visit: Visit
    client: Client


@dataclass(frozen=True)
class NoSuchVisit:
    """No visit has this number."""

    visit_id: int


@dataclass(frozen=True)
class OtherBranch:
    """It was in another branch: there, or a manager; the attempt is on record."""

    visit: Visit


@dataclass(frozen=True)
class TooOld:
    """A manager may still return it; the attempt is on record."""

    visit: Visit


@dataclass(frozen=True)
class CardGone:
    """The client's record was erased, and the points with it."""

    visit: Visit


@dataclass(frozen=True)
class UndoneBefore:
    """It was taken back: it counts for nothing, so nothing comes back."""

    visit: Visit


@dataclass(frozen=True)
class NothingLeft:
    """All of it was returned."""

    visit: Visit
    client: Client
    at: datetime
    staff_name: str | None  # who returned the last of it; none: an owner
    is_mine: bool


Refused = NoSuchVisit | OtherBranch | TooOld | UndoneBefore | NothingLeft | SelfService | CardGone


@dataclass(frozen=True)
class Choice:
    """One of the latest visits."""

    visit: Visit
    client: Client


def read_visit_number(text: str) -> VisitNumber:
    """`№ 17`, `17`, `#17`, `No. 17` and what follows. Raises VisitUnreadable."""
    typed = text.strip()
    match = _NUMBER.match(typed)
    if match is None:
        raise VisitUnreadable
    return VisitNumber(int(match[1]), typed[match.end() :].strip())


def terms_of(visit: Visit) -> VisitTerms:
    """The terms of what is left of a booked visit, at the rates that it had."""
    # A visit that was free had all of its bill as a discount, whatever its level gives.
    is_free = visit.bill > 0 and visit.discount == visit.bill
    return VisitTerms(
        bill=visit.bill,
        discount_percent=HUNDRED_PERCENT if is_free else visit.discount_percent,
        discount=visit.discount,
        points_spent=visit.points_spent,
        point_value=visit.point_value,
        points_paid_minor=visit.bill - visit.discount - visit.to_pay,
        eligible=visit.eligible,
        to_pay=visit.to_pay,
        percent=visit.percent,
        points_earned=visit.points_earned,
        tier=visit.tier,
        excluded=visit.eligible == 0,
        promotion=visit.promotion_code,
        promotion_factor=visit.promotion_factor,
        promotion_add=visit.promotion_add,
        stamp=visit.stamp_code,
    )


async def to_be_returned(tx: Tx, *, actor: Sender, visit_id: int) -> Returnable | Refused:
    """The visit, if something of it is left and this actor may return it."""
    require(actor, Role.STAFF)
    locked = await lock_visit(tx, visit_id)
    if locked is None:
        return NoSuchVisit(visit_id)
    visit, client = locked
    if await refuse_oneself(tx, actor, client):
        return SelfService()
    refused = _beyond(tx, visit, actor)
    if refused is not None:
        await audit_log.record(
            tx.db,
            now=tx.now,
            actor_id=actor.telegram_id,
            action="visit.return_refused",
            client_id=client.id,
            subject_id=visit.id,
        )
        return refused
    if client.status is ClientStatus.ERASED:
        return CardGone(visit)
    if visit.is_undone:
        return UndoneBefore(visit)
    if visit.is_returned:
        return await nothing_left(tx, visit, client, actor)
    return Returnable(visit, client)


def may_return(tx: Tx, visit: Visit, actor: Sender) -> bool:
    """Whether a button for it makes sense on this actor's screen."""
    return visit.counts and _beyond(tx, visit, actor) is None


def _beyond(tx: Tx, visit: Visit, actor: Sender) -> OtherBranch | TooOld | None:
    """Staff return their own branch's visits of the last days; who leads returns all."""
    if actor.may_act_as(Role.MANAGER):
        return None
    if actor.branch not in (None, visit.branch):
        return OtherBranch(visit)
    if visit.on_day < tx.today - timedelta(days=STAFF_DAYS):
        return TooOld(visit)
    return None


async def nothing_left(tx: Tx, visit: Visit, client: Client, actor: Sender) -> NothingLeft:
    """Who returned the last of it, and when."""
    last = await returns.last_of_visit(tx.db, visit.id)
    assert last is not None, "a returned visit has a return"
    return NothingLeft(
        visit=visit,
        client=client,
        at=last.at,
        staff_name=await staff.name_of(tx.db, last.staff_id),
        is_mine=last.staff_id == actor.telegram_id,
    )


async def who_confirmed(tx: Tx, visit: Visit) -> str | None:
    """The name of who confirmed the visit; none: an owner who is on no list."""
    return await staff.name_of(tx.db, visit.staff_id)


async def latest_visits(tx: Tx, *, actor: Sender) -> tuple[Choice, ...]:
    """The latest visits of the actor's branch that still count, the newest first."""
    require(actor, Role.STAFF)
    found = await visits.booked_since(
        tx.db, tx.now - CHOICES_FROM, branch=actor.branch, limit=2 * CHOICES_MAX
    )
    choices = []
    for visit in [visit for visit in found if visit.counts][:CHOICES_MAX]:
        client = await clients.by_id(tx.db, visit.client_id)
        assert client is not None, "a visit has a client"
        choices.append(Choice(visit, client))
    return tuple(choices)
