"""People of the flows who are clients already, and those who answer them."""

from operations.senders import Role
from playground.people import Person
from storage import clients
from tests.flows.running import RunningBot
from tests.town import Town


def town_of(svoi: RunningBot) -> Town:
    """The business behind the bot, to be looked at and furnished."""
    return Town(svoi.app.database, svoi.clock, svoi.app.programme)


async def a_client(
    svoi: RunningBot,
    name: str = "Анна",
    *,
    language_code: str = "ru",
    phone: str = "+79120000001",
    adverts: bool = True,
) -> tuple[Person, int]:
    """Registers somebody by what they tap; the person and the client's id."""
    person = svoi.telegram.person(name, language_code=language_code, phone=phone)
    await person.send("/start")
    for key in ("✅", "✅" if adverts else "⏭", "✅"):
        await svoi.settle()
        await person.tap(key)
    await svoi.settle()
    await person.send("/cancel")
    await svoi.settle()
    async with svoi.app.database.read() as db:
        client = await clients.by_telegram_id(db, person.id)
    assert client is not None
    return person, client.id


async def a_colleague(
    svoi: RunningBot, name: str, role: Role, *, language_code: str = "ru"
) -> Person:
    """Somebody who works here, and has written to the bot."""
    person = svoi.telegram.person(name, language_code=language_code)
    await town_of(svoi).hires(name, role, telegram_id=person.id)
    await person.send("/cancel")
    await svoi.settle()
    return person
