"""What clients change about themselves."""

import json
from datetime import date
from typing import Any

from loyalty.birthdays import Birthday
from loyalty.programme import Programme
from operations.actions import birthday_points, thank_for_birthday
from operations.phones import masked_phone
from operations.senders import Sender
from operations.transaction import Tx
from storage import clients, consents, people
from storage.clients import Client
from storage.consents import Consent, ConsentKind
from templates.profile import (
    LANGUAGE_NAMES,
    SERVICES_SHOWN_MAX,
    Profile,
    ServiceChoice,
    Services,
    StaffProfile,
)
from templates.registration import ADVERT_CONSENT_VERSION

_LEAP_YEAR = 2000


class ClientGone(LookupError):
    """There is no such client: a fault of the caller, who has just read the row."""


def birthday_of(client: Client) -> Birthday | None:
    """The birthday as the client told it."""
    if client.birthday_day is None or client.birthday_month is None:
        return None
    return Birthday(client.birthday_day, client.birthday_month, client.birthday_year)


def birthday_shown(birthday: Birthday) -> date:
    """The day and the month as a date of some year that has them."""
    return date(_LEAP_YEAR, birthday.month, birthday.day)


def show_profile(programme: Programme, client: Client, language: str) -> Profile:
    """Everything that the client can change."""
    birthday = birthday_of(client)
    listed = [programme.service(code) for code in client.favourite_services]
    return Profile(
        name=client.name,
        phone="" if client.phone is None else masked_phone(client.phone),
        birthday=None if birthday is None else birthday_shown(birthday),
        birthday_year=birthday.year if birthday else None,
        language=LANGUAGE_NAMES.get(language, language),
        languages=len(programme.business.languages),
        services=tuple(s.name.of(language) for s in listed if s)[:SERVICES_SHOWN_MAX],
        has_services=bool(programme.services),
        adverts=client.advert_consent,
        business=programme.business.name,
        weekly_cap=programme.adverts.weekly_cap,
        leaderboard=not client.leaderboard_hidden if programme.challenges else None,
    )


def show_staff_profile(programme: Programme, language: str) -> StaffProfile:
    """What who works here can change without a card of their own."""
    return StaffProfile(
        language=LANGUAGE_NAMES.get(language, language),
        languages=len(programme.business.languages),
        business=programme.business.name,
    )


def show_services(programme: Programme, client: Client, language: str) -> Services:
    """The services, the favourites marked."""
    return Services(
        tuple(
            ServiceChoice(
                service.code, service.name.of(language), service.code in client.favourite_services
            )
            for service in programme.services[:SERVICES_SHOWN_MAX]
        )
    )


async def set_name(tx: Tx, *, client_id: int, name: str) -> Client:
    """Calls the client so from now on; the name was read by `loyalty.names`."""
    return await _changed(tx, client_id, {"name": name})


async def set_birthday(tx: Tx, *, client_id: int, birthday: Birthday | None) -> Client:
    """Writes the birthday down, or takes it out. Another day or month counts as told today, a
    year alone does not (rule 15). The first one ever told is thanked for, if the programme does."""
    client = await _locked(tx, client_id)
    points = 0 if birthday is None else birthday_points(tx.programme, client)
    before = birthday_of(client)
    same_day = (
        before is not None
        and birthday is not None
        and (before.day, before.month) == (birthday.day, birthday.month)
    )
    changed = await _changed(
        tx,
        client_id,
        {
            "birthday_day": birthday.day if birthday else None,
            "birthday_month": birthday.month if birthday else None,
            "birthday_year": birthday.year if birthday else None,
            # Today also where the day is taken out: told once more, it was told once more.
            "birthday_told_on": client.birthday_told_on if same_day else tx.today,
        },
    )
    if not points:
        return changed
    await thank_for_birthday(tx, client_id, points)
    return await _locked(tx, client_id)


async def set_language(tx: Tx, *, client: Client, language: str) -> Client:
    """Speaks this language with the client; one that the programme lacks changes nothing."""
    if language not in tx.programme.business.languages:
        return client
    if client.telegram_id is not None:
        await people.choose_language(tx.db, client.telegram_id, language)
    return await _changed(tx, client.id, {"language": language})


async def set_account_language(tx: Tx, *, sender: Sender, language: str) -> str:
    """The same for somebody without a card; returns the language that is spoken from now on."""
    if language not in tx.programme.business.languages:
        return sender.language
    await people.choose_language(tx.db, sender.telegram_id, language)
    return language


async def set_favourite(tx: Tx, *, client_id: int, code: str, favourite: bool) -> Client:
    """Puts a listed service among the favourites, or takes it out."""
    client = await _locked(tx, client_id)
    kept = {listed for listed in client.favourite_services if listed != code}
    if favourite and tx.programme.service(code) is not None:
        kept.add(code)
    in_order = [service.code for service in tx.programme.services if service.code in kept]
    return await _changed(tx, client_id, {"favourite_services": json.dumps(in_order)})


async def set_advert_consent(tx: Tx, client_id: int, given: bool) -> Client:
    """Gives or withdraws the consent to advertising, at once (rule 20); again changes nothing."""
    client = await _locked(tx, client_id)
    if client.advert_consent == given:
        return client
    consent = Consent(ConsentKind.ADVERT, given, ADVERT_CONSENT_VERSION, tx.now)
    await consents.add(tx.db, client_id, consent)
    return await _changed(tx, client_id, {"advert_consent": given})


async def set_leaderboard(tx: Tx, *, client_id: int, shown: bool) -> Client:
    """Names the client in the tables of challenges, or lets them play unnamed."""
    await _locked(tx, client_id)
    return await _changed(tx, client_id, {"leaderboard_hidden": not shown})


async def _locked(tx: Tx, client_id: int) -> Client:
    client = await clients.lock(tx.db, client_id)
    if client is None:
        raise ClientGone(client_id)
    return client


async def _changed(tx: Tx, client_id: int, values: dict[str, Any]) -> Client:
    await clients.change(tx.db, client_id, values)
    return await _locked(tx, client_id)
