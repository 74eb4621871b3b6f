"""What any chat may meet."""

import pytest

from playground.server import LocalTelegram
from tests.flows.running import RunningBot


async def test_an_unknown_command_is_answered_without_repeating_it(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await anna.send("/stats")
    answer = await anna.hears()
    assert "/stats" not in answer.text


async def test_cancel_always_answers(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await anna.send("/cancel")
    await anna.hears()


async def test_language_follows_the_phone_where_the_programme_has_it(svoi: RunningBot) -> None:
    telegram: LocalTelegram = svoi.telegram
    texts = []
    for code in ("ru", "en-GB", "de"):
        person = telegram.person("Ann", language_code=code)
        await person.send("/nothing")
        texts.append((await person.hears()).text)
    assert texts[0] == texts[2] != texts[1]


@pytest.mark.parametrize(("first", "later"), [("ru", "en"), ("en", "ru"), ("de", "en")])
async def test_the_language_of_the_first_contact_stays(
    svoi: RunningBot, first: str, later: str
) -> None:
    """Of somebody without a card, too: another phone, another language in it, no other bot."""
    person = svoi.telegram.person("Ann", language_code=first)
    await person.send("/nothing")
    answer = (await person.hears()).text
    person.user.payload["language_code"] = later
    await person.send("/nothing")
    assert (await person.hears()).text == answer
