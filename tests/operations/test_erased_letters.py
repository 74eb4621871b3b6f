"""Rule 21: letters that wait for others when a person goes, and accounts that had their card."""

import json

import pytest

from loyalty.programme import Programme
from operations.erased_letters import Telltale
from operations.erasure import erase_client
from operations.merging import Merged, merge_clients
from operations.outgoing import Lane, Letter, queue
from operations.senders import Role
from operations.transaction import Tx
from storage import outbox, people
from storage.database import Database
from templates.contexts import dump_context
from templates.every_chat import Outdated
from templates.feedback import Praise
from tests.operations.erased_people import ACCOUNT, NAME, PHONE, WORDS, Business, a_life


@pytest.fixture
def desk(database: Database, programme: Programme) -> Business:
    return Business(database, programme)


async def queued(desk: Business, *letters: Letter) -> None:
    await desk.do(lambda tx: queue(tx, letters))


async def waiting(desk: Business, chat_id: int) -> list[Letter]:
    async def found(tx: Tx) -> list[Letter]:
        lanes = [
            await outbox.waiting(tx.db, lane, after_id=0, now=tx.now, limit=1_000) for lane in Lane
        ]
        return [one for lane in lanes for one in lane if one.chat_id == chat_id]

    return await desk.do(found)


def praise(of: str | None, text: str = "Быстро") -> str:
    return dump_context(Praise(of, 5, text, None))


async def test_rule_21_a_notice_to_staff_is_told_without_the_person(desk: Business) -> None:
    client = await a_life(desk)
    await desk.hires(70, "Ольга")
    about = (
        praise(f"{NAME}"),
        praise(None, f"Звоните: {PHONE}"),
        praise(None, WORDS),
        praise("Анна", "Ёжикова и другие, Зинаида!"),
    )
    for context in about:
        await queued(
            desk,
            Letter(Lane.SERVICE, 70, notice=Praise.message_name, context=context, language="ru"),
        )
    await desk.erases(client.id)
    told = [one for one in await desk.told(70) if isinstance(one, Praise)]
    assert [(one.client, one.text) for one in told[:3]] == [
        ("—", "Быстро"),
        (None, "Звоните: —"),
        (None, "—"),
    ]
    assert (told[3].client, "Зинаида" in told[3].text) == ("Анна", False)
    assert await desk.is_left(PHONE[1:], "зинаида", WORDS.casefold()) == []


async def test_rule_21_a_reply_that_names_the_person_is_out_of_date(desk: Business) -> None:
    """Also where the name is cut short, or stands on a button, or in Telegram's markup."""
    client = (await desk.registers()).client
    await desk.hires(70, "Ольга")
    button = json.dumps({"inline_keyboard": [[{"text": f"{NAME[:9]}…", "callback_data": "x"}]]})
    naming = (
        {"text": f"<b>{NAME}</b>, 100 баллов", "parse_mode": "HTML"},
        {"text": "Кого вы ищете?", "reply_markup": button},
        {"text": f"Карта {PHONE}"},
    )
    for payload in naming:
        await queued(desk, Letter(Lane.REPLY, 70, "sendMessage", {"chat_id": "70"} | payload))
    await queued(desk, Letter(Lane.REPLY, 70, "sendMessage", {"text": "Анна, 5 баллов"}))
    toast = {"callback_query_id": "1", "text": f"{NAME}: готово"}
    await queued(desk, Letter(Lane.CALLBACK, 70, "answerCallbackQuery", toast))
    await desk.erases(client.id)
    letters = await waiting(desk, 70)
    tap = letters.pop(0)
    assert tap.payload == {"callback_query_id": "1"}, "the tap is answered, without a word"
    assert [one.notice for one in letters] == [Outdated.message_name] * 3 + [None]
    assert await desk.is_left() == []


async def test_rule_21_somebody_of_the_same_name_reads_their_own(desk: Business) -> None:
    """Who brought a friend of their own first name, and a stranger who is called alike."""
    client = (await desk.registers()).client
    await desk.client(name="Зинаида Петрова", telegram_id=60)
    await queued(desk, Letter(Lane.REPLY, 60, "sendMessage", {"text": "Зинаида, 5 баллов"}))
    await queued(desk, Letter(Lane.REPLY, 60, "sendMessage", {"text": f"Друг: {NAME}"}))
    await desk.erases(client.id)
    kept, gone = await waiting(desk, 60)
    assert (kept.payload, gone.notice) == ({"text": "Зинаида, 5 баллов"}, Outdated.message_name)


async def test_rule_21_what_delivery_has_in_memory_is_told_anew(desk: Business) -> None:
    client = (await desk.registers()).client
    await queued(desk, Letter(Lane.REPLY, 70, "sendMessage", {"text": NAME}))
    async with desk.database.write() as db:
        tx = desk.tx(db)
        await erase_client(tx, client.id, by=None)
    [letter] = await waiting(desk, 70)
    assert [(one.id, one.notice) for one in tx.queued if one.is_reworded] == [
        (letter.id, Outdated.message_name)
    ]


async def test_rule_21_the_account_that_lost_its_card_in_a_merge_goes_too(desk: Business) -> None:
    peter = await desk.hires(2, "Пётр", Role.MANAGER)
    client = (await desk.registers()).client
    second = (await desk.registers(account=61, phone="+79127654322")).client
    third = (await desk.registers(account=62, phone="+79127654323")).client
    for source in (second, third):
        done = await desk.do(
            lambda tx, source=source: merge_clients(  # type: ignore[misc]
                tx, actor=peter, survivor_id=client.id, source_id=source.id
            )
        )
        assert isinstance(done, Merged)
    came_back = await desk.registers(account=62, phone="+79127654324")
    await desk.erases(client.id)
    async with desk.database.read() as db:
        known = {one: (await people.account(db, one, one)).is_known for one in (ACCOUNT, 61, 62)}
    assert known == {ACCOUNT: False, 61: False, 62: True}, "the third has another card by now"
    assert (await desk.knows(came_back.client.id)).telegram_id == 62


def test_a_name_is_found_as_a_word_and_nowhere_else() -> None:
    telltale = Telltale(("Ян Ли", "Ян"), frozenset(), frozenset(), frozenset())
    assert telltale.tells("Пришёл Ян.")
    assert not telltale.tells("Янтарь, пять Янов, ян")
    assert telltale.blank("Ян Ли и Янтарь, Ян") == "— и Янтарь, —"
