"""A desk with its people: who works there, and whose card is shown."""

from operations.senders import Role
from operations.transaction import Tx
from playground.people import Person
from playground.seen import ChatMessage
from storage import clients, people
from storage.clients import Client
from tests.flows.guests import town_of
from tests.flows.running import OWNER_ID, RunningBot
from tests.operations.conftest import add_client

PHONE = "+79123456789"
CARD = "1234567"
CARD_CODE = "QRcodeOfAnna2345"


def said(message: ChatMessage) -> str:
    """The words with ordinary spaces, as they are compared."""
    return message.words.replace("\u00a0", " ")


async def a_card(
    svoi: RunningBot, name: str = "Анна", *, language_code: str = "ru", **values: object
) -> Person:
    """A client with the card `CARD`; the chat with the bot is open, nothing is in it yet."""
    person = svoi.telegram.person(name, language_code=language_code, started=True)
    row: dict[str, object] = {
        "telegram_id": person.id,
        "name": name,
        "phone": PHONE,
        "card_number": CARD,
        "card_code": CARD_CODE,
        "language": language_code,
    }
    async with svoi.app.database.write() as db:
        tx = Tx(db, svoi.clock.now(), svoi.app.programme)
        await people.meet(db, person.id, language_code, tx.now)
        await add_client(tx, **(row | values))
    return person


async def staff_at(
    svoi: RunningBot,
    name: str = "Алина",
    *,
    role: Role = Role.STAFF,
    branch: str | None = "Центр",
    language_code: str = "ru",
) -> Person:
    """Somebody who works in this branch."""
    person = svoi.telegram.person(name, language_code=language_code, started=True)
    await town_of(svoi).hires(name, role, branch=branch, telegram_id=person.id)
    return person


def an_owner(svoi: RunningBot, *, language_code: str = "ru") -> Person:
    """Whom the settings name: on no list, at work at once."""
    return svoi.telegram.person("Хозяин", language_code=language_code, id=OWNER_ID, started=True)


async def anna_s_row(svoi: RunningBot) -> Client:
    async with svoi.app.database.read() as db:
        client = await clients.by_card_number(db, CARD)
    assert client is not None
    return client
