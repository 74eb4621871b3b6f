"""A client with another phone: theirs at once if it is nobody's, claimed if it is of an old card,
and a case for people if another account has it (rules 16 and 18)."""

from dataclasses import dataclass

from operations.actors import as_client
from operations.desk import living_client
from operations.merging import lock_both, put_into
from operations.outgoing import notify, to_account
from operations.transaction import Tx
from storage import audit_log, clients, phone_cases
from storage.clients import Client, ClientStatus
from templates.changed_phone import PhoneFreed

ATTEMPTS_MAX = 3


@dataclass(frozen=True)
class PhoneSame:
    """It is the one that was known."""

    client: Client


@dataclass(frozen=True)
class PhoneChanged:
    """The client has it; `points` came with an old card that had it, if one did."""

    client: Client
    joined: bool = False
    points: int = 0


@dataclass(frozen=True)
class PhoneElsewhere:
    """Another account's card has it: a manager decides."""

    case_id: int


class PhoneLost(RuntimeError):
    """A race without end: a fault, not a refusal."""


async def change_phone(
    tx: Tx, *, client_id: int, phone: str
) -> PhoneSame | PhoneChanged | PhoneElsewhere:
    """Gives the client the phone of their own verified contact, E.164."""
    for _ in range(ATTEMPTS_MAX):
        holder = await clients.by_phone(tx.db, phone)
        if holder is None or holder.id == client_id:
            client = await clients.lock(tx.db, client_id)
            assert client is not None, "who writes is a client"
            if client.phone == phone:
                return PhoneSame(client)
            if await clients.take_phone(tx.db, client_id, phone):
                return PhoneChanged(await _settled(tx, client))
            continue
        outcome = await _from(tx, client_id, holder, phone)
        if outcome is not None:
            return outcome
    raise PhoneLost


async def _from(
    tx: Tx, client_id: int, holder: Client, phone: str
) -> PhoneChanged | PhoneElsewhere | None:
    """From another record; None: it has changed, look again."""
    living = await living_client(tx, holder.id)
    if living is None or living.id == client_id:
        # The record that had it is gone, or part of this client's own.
        await clients.change(tx.db, holder.id, {"phone": None})
        return None
    pair = await lock_both(tx, client_id, living.id)
    if pair is None:
        return None
    client, other = pair
    if other.status is not ClientStatus.ACTIVE or client.status is not ClientStatus.ACTIVE:
        return None
    if holder.id == other.id and other.phone != phone:
        return None
    if other.telegram_id is not None:
        assert client.telegram_id is not None, "who writes has an account"
        case_id = await phone_cases.open_phone_case(
            tx.db, client_id=other.id, telegram_id=client.telegram_id, now=tx.now
        )
        return PhoneElsewhere(case_id)
    merged = await put_into(tx, client, other, actor_id=as_client(client), is_told=False)
    await clients.change(tx.db, holder.id, {"phone": None})
    if not await clients.take_phone(tx.db, client_id, phone):
        return None
    return PhoneChanged(await _settled(tx, client), joined=True, points=merged.points)


async def _settled(tx: Tx, before: Client) -> Client:
    """Whoever claims the number that was given up may have it now."""
    assert before.telegram_id is not None, "who writes has an account"
    claimants = await phone_cases.close_phone_cases(
        tx.db, client_id=before.id, by=before.telegram_id, now=tx.now
    )
    for telegram_id in claimants:
        freed = PhoneFreed(tx.programme.business.name)
        await notify(tx, await to_account(tx, telegram_id), freed)
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=as_client(before),
        action="client.phone_changed",
        client_id=before.id,
    )
    after = await clients.by_id(tx.db, before.id)
    assert after is not None, "locked in this very transaction"
    return after
