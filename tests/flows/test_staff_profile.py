"""/profile of who works here and has no card."""

import pytest

from operations.senders import Role
from storage import people
from tests.flows.desk_scene import an_owner, staff_at
from tests.flows.running import RunningBot


@pytest.mark.parametrize(
    ("language_code", "shown", "other", "shown_then", "then"),
    [
        ("ru", "Язык: Русский", "English", "Language: English", "No visits yet"),
        ("en", "Language: English", "Русский", "Язык: Русский", "ещё не было"),
    ],
)
@pytest.mark.parametrize("role", [Role.STAFF, Role.OWNER])
async def test_staff_without_a_card_choose_a_language_for_good(
    svoi: RunningBot,
    role: Role,
    language_code: str,
    shown: str,
    other: str,
    shown_then: str,
    then: str,
) -> None:
    if role is Role.OWNER:
        person = an_owner(svoi, language_code=language_code)
    else:
        person = await staff_at(svoi, language_code=language_code)
    await person.send("/profile")
    await person.hears(shown)
    await person.tap("🌐")
    await person.tap(other)
    heard = await person.hears(shown_then)
    assert heard.edited
    await person.send("/today")
    await person.hears(then)
    async with svoi.app.database.read() as db:
        account = await people.account(db, person.id, person.id)
    assert account.language == {"ru": "en", "en": "ru"}[language_code]
    assert account.language_code == language_code


@pytest.mark.parametrize(("language_code", "asked"), [("ru", "Здравствуйте"), ("en", "Hello")])
async def test_staff_without_a_card_get_one_from_there(
    svoi: RunningBot, language_code: str, asked: str
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    await alina.send("/help")
    await alina.hears("/profile")
    await alina.send("/profile")
    await alina.tap("💳")
    await alina.hears(asked)


async def test_a_language_that_the_programme_lacks_is_not_spoken(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await alina.send("/profile")
    await alina.hears("Язык: Русский")
    await alina.tap_data("profile_language:de")
    await svoi.settle()
    await alina.send("/profile")
    await alina.hears("Язык: Русский")
