"""How a stranger becomes a client: the link that brought them, then the verified contact."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from loyalty.names import name_from_profile
from loyalty.points import valid_through
from loyalty.programme import Programme
from loyalty.referrals import link_ignored
from loyalty.tiers import level_for
from operations import birthdays, deep_links, ledger
from operations.card_numbers import random_card_number
from operations.deep_links import Referral, Source
from operations.desk import living_client
from operations.erased_phones import erased_phones
from operations.ledger import EntryKind
from operations.promises import welcome_points
from operations.referrals import attribute_referral
from operations.senders import Sender
from operations.standing import cashback_of
from operations.transaction import Tx
from storage import clients, consents, job_claims, people, phone_cases
from storage import ledger as entries
from storage.clients import Client, ClientStatus
from storage.consents import Consent, ConsentKind
from storage.phone_hashes import ErasedPhone
from templates.registration import Promise

__all__ = [
    "AlreadyRegistered",
    "Consent",
    "ConsentKind",
    "Consents",
    "Followed",
    "Newcomer",
    "PhoneElsewhere",
    "Registered",
    "RegistrationLost",
    "follow_link",
    "given",
    "promise_of",
    "register_client",
]

ATTEMPTS_MAX = 12  # card numbers tried, and races lost, before it is a fault


@dataclass(frozen=True)
class Consents:
    """What the stranger agreed to; the advertising consent only where it was given."""

    data: Consent
    advert: Consent | None


@dataclass(frozen=True)
class Newcomer:
    """A stranger whose own contact Telegram has verified."""

    telegram_id: int
    phone: str  # E.164
    first_name: str  # as Telegram has it: anything
    language: str
    consents: Consents
    referral_code: str | None = None  # of the friend whose link they opened first


@dataclass(frozen=True)
class Registered:
    """The client exists from here on."""

    client: Client
    welcome_points: int
    known: bool  # a card from before the bot was claimed (rule 16)
    referrer: Client | None
    came_back: bool = False  # erased less than 12 months ago: not welcomed twice (rule 15)
    earlier_points: int = 0  # that the claimed card had
    valid_through: date | None = None  # of the welcome points
    entry_id: int = 0  # to be disputed: the last of the earlier points, else the welcome


@dataclass(frozen=True)
class AlreadyRegistered:
    """This account has its card; nothing was changed."""

    client: Client


@dataclass(frozen=True)
class PhoneElsewhere:
    """Another account holds the card of this phone: staff have a case to look at (rule 18)."""

    case_id: int


class RegistrationLost(RuntimeError):
    """No free card number, or a race without end: a fault, not a refusal."""


@dataclass(frozen=True)
class Followed:
    """A link that was opened; `by_friend`: a client's link, this or an earlier one, counts."""

    known: bool  # False: the code is nobody's
    by_friend: bool


async def follow_link(tx: Tx, sender: Sender, link: Referral | Source) -> Followed:
    """Remembers the first friend's link and the first source that a stranger opened; later ones of
    the same kind change nothing (rule 14)."""
    by_friend = sender.referral_code is not None
    if isinstance(link, Source):
        if sender.client is None:
            await people.note_source(tx.db, sender.telegram_id, link.code, tx.now)
        return Followed(known=True, by_friend=by_friend)
    owner = await clients.by_referral_code(tx.db, link.code)
    referrer = None if owner is None else await living_client(tx, owner.id)
    if referrer is None or referrer.status is not ClientStatus.ACTIVE:
        return Followed(known=False, by_friend=by_friend)
    ignored = link_ignored(
        own_link=referrer.telegram_id == sender.telegram_id,
        client_already=sender.client is not None,
        same_phone=False,  # the phone is not known yet; a second account of it never registers
        earlier_link=by_friend,
    )
    if ignored is not None:
        return Followed(known=True, by_friend=by_friend)
    await people.note_referral(tx.db, sender.telegram_id, link.code, tx.now)
    return Followed(known=True, by_friend=True)


async def register_client(
    tx: Tx, newcomer: Newcomer
) -> Registered | AlreadyRegistered | PhoneElsewhere:
    """Makes the stranger a client, once however often it is asked, with all that comes with it."""
    for attempt in range(ATTEMPTS_MAX):
        own = await clients.by_telegram_id(tx.db, newcomer.telegram_id)
        if own is not None:
            return AlreadyRegistered(own)
        holder = await clients.by_phone(tx.db, newcomer.phone)
        if holder is not None:
            holder = await clients.lock(tx.db, holder.id)
        merged = holder is not None and holder.merged_into_id is not None
        if holder is not None and merged:
            # Two records of one person became one: either phone leads to it (rule 17).
            living = await living_client(tx, holder.id)
            holder = None if living is None else await clients.lock(tx.db, living.id)
        if holder is not None and (merged or holder.phone == newcomer.phone):
            if holder.telegram_id is not None:
                return await _phone_elsewhere(tx, holder, newcomer)
            await clients.change(tx.db, holder.id, await _claim(tx, newcomer, holder))
            return await _admitted(tx, newcomer, holder.id, known=True)
        added = await clients.add_unless_taken(tx.db, _new_row(tx, newcomer, attempt))
        if added is not None:
            return await _admitted(tx, newcomer, added, known=False)
    raise RegistrationLost


async def _phone_elsewhere(tx: Tx, holder: Client, newcomer: Newcomer) -> PhoneElsewhere:
    case_id = await phone_cases.open_phone_case(
        tx.db, client_id=holder.id, telegram_id=newcomer.telegram_id, now=tx.now
    )
    return PhoneElsewhere(case_id)


def _new_row(tx: Tx, newcomer: Newcomer, attempt: int) -> dict[str, Any]:
    level = level_for(tx.programme, 0)
    return {
        **_registration(tx, newcomer),
        "phone": newcomer.phone,
        "name": name_from_profile(newcomer.first_name),
        **_codes(tx.programme, attempt),
        "status": ClientStatus.ACTIVE.value,
        "created_at": tx.now,
        "tier": level.code,
        "tier_since": tx.today,
    }


async def _claim(tx: Tx, newcomer: Newcomer, holder: Client) -> dict[str, Any]:
    """What registration adds to an imported row; what the business knew already stays."""
    codes = await _free_codes(tx)
    missing = {name: code for name, code in codes.items() if getattr(holder, name) is None}
    name = holder.name or name_from_profile(newcomer.first_name)
    return {**_registration(tx, newcomer), "name": name, **missing}


def _registration(tx: Tx, newcomer: Newcomer) -> dict[str, Any]:
    return {
        "telegram_id": newcomer.telegram_id,
        "language": newcomer.language,
        "advert_consent": newcomer.consents.advert is not None,
        "registered_at": tx.now,
        "registered_on": tx.today,
    }


async def _free_codes(tx: Tx) -> dict[str, str]:
    for attempt in range(ATTEMPTS_MAX):
        codes = _codes(tx.programme, attempt)
        if await clients.by_card_number(tx.db, codes["card_number"]) is None:
            return codes
    raise RegistrationLost


def _codes(programme: Programme, attempt: int) -> dict[str, str]:
    return {
        "card_number": random_card_number(programme.business.phone_region, attempt=attempt),
        "card_code": deep_links.random_code(deep_links.CARD_CODE_CHARS),
        "referral_code": deep_links.random_code(deep_links.REFERRAL_CODE_CHARS),
    }


async def _admitted(tx: Tx, newcomer: Newcomer, client_id: int, *, known: bool) -> Registered:
    for consent in (newcomer.consents.data, newcomer.consents.advert):
        if consent is not None:
            await consents.add(tx.db, client_id, consent)
    erased = (await erased_phones(tx, [newcomer.phone])).get(newcomer.phone)
    if erased is not None:
        await _received_again(tx, client_id, erased)
        client = await clients.by_id(tx.db, client_id)
        assert client is not None, "added or claimed in this very transaction"
        return Registered(client, 0, known, None, came_back=True)
    points = welcome_points(tx, newcomer.consents.data.at)
    earlier = await entries.of_client(tx.db, client_id, limit=1)
    entry_id = earlier[0].id if earlier else 0
    until = valid_through(tx.today, tx.programme.points.lifetime_days)
    if points:
        posted = await ledger.grant(
            tx,
            client_id,
            points,
            kind=EntryKind.WELCOME,
            key=f"welcome:{client_id}",
            valid_through=until,
        )
        entry_id = entry_id or posted.entry_id
    referrer = await attribute_referral(
        tx, friend_id=client_id, referral_code=newcomer.referral_code
    )
    client = await clients.by_id(tx.db, client_id)
    assert client is not None, "added or claimed in this very transaction"
    return Registered(
        client,
        points,
        known,
        referrer,
        earlier_points=earlier[0].balance_after if earlier else 0,
        valid_through=until,
        entry_id=entry_id,
    )


async def _received_again(tx: Tx, client_id: int, erased: ErasedPhone) -> None:
    """No welcome, no friend who brought them, no second gift of the year, and no thanks for a
    birthday: they had all that before they were erased."""
    client = await clients.by_id(tx.db, client_id)
    assert client is not None, "added or claimed in this very transaction"
    if erased.birthday_year is not None:
        period = str(erased.birthday_year)
        await job_claims.claim(tx.db, birthdays.JOB, client_id, period, tx.now)
    if client.birthday_told_on is None:
        # `birthday_points` thanks whoever tells one for the first time.
        await clients.change(tx.db, client_id, {"birthday_told_on": tx.today})


def given(kind: ConsentKind, text_version: str, at: datetime) -> Consent:
    """A consent to this version of its text."""
    return Consent(kind, given=True, text_version=text_version, at=at)


def promise_of(programme: Programme) -> Promise:
    """What the programme gives to whoever comes; levels by invitation are promised to nobody."""
    open_levels = [level for level in programme.tiers.levels if not level.invitation_only]
    cashbacks = [cashback_of(programme, level) for level in open_levels]
    steps = [step.cashback_percent for step in programme.earning.steps]
    return Promise(
        welcome_points=programme.points.welcome,
        point_value=programme.points.value,
        cashback_from=cashbacks[0],
        cashback_to=max([*cashbacks, *steps]),
        birthday_points=programme.birthday.points if programme.birthday else 0,
    )
