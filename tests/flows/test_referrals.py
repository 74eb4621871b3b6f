"""A friend brings a friend: from the link to the points of both, through the desk."""

import re

from playground.people import Person
from playground.seen import ChatMessage
from tests.flows.desk_scene import staff_at
from tests.flows.guests import a_client
from tests.flows.running import RunningBot


def words(message: ChatMessage) -> str:
    return message.words.replace("\u00a0", " ")


async def asks(svoi: RunningBot, person: Person, text: str) -> str:
    await svoi.settle()
    await person.send(text)
    answer = words(await person.hears())
    await svoi.settle()
    return answer


async def test_both_are_thanked_and_paid_and_an_undo_takes_it_back(svoi: RunningBot) -> None:
    boris, _ = await a_client(svoi, "Борис Иванов", phone="+79120000002")
    alina = await staff_at(svoi)
    link = re.search(r"https://t\.me/\S+", await asks(svoi, boris, "/invite"))
    assert link is not None
    vera = svoi.telegram.person("Vera Li", language_code="en", phone="+79120000003")
    await vera.open_link(link.group())
    for key in ("✅", "⏭", "✅", "✅", "⏭"):
        await svoi.settle()
        await vera.tap(key)
    await svoi.settle()

    for amount, balances in (("499", ("114", "100")), ("500", ("279", "400"))):
        await asks(svoi, alina, f"/visit {vera.phone} {amount}")
        await alina.tap("✅")
        await svoi.settle()
        assert (await asks(svoi, vera, "/balance")).startswith(f"Balance: {balances[0]}\n")
        assert (await asks(svoi, boris, "/balance")).startswith(f"Баланс: {balances[1]}\n")
    told = [words(message) for message in vera.messages]
    assert any("+150 points for your first visit by invitation (Борис)" in text for text in told)
    told = [words(message) for message in boris.messages]
    assert any("пришёл новый клиент: Vera. Спасибо!\n🎁 +300 баллов" in text for text in told)
    assert "Пришли: 1, ждём первый визит: 0" in await asks(svoi, boris, "/invite")

    await asks(svoi, alina, "/undo")
    await svoi.settle()
    assert "ждём первый визит: 1" in await asks(svoi, boris, "/invite")
    assert (await asks(svoi, boris, "/balance")).startswith("Баланс: 100\n")
    assert (await asks(svoi, vera, "/balance")).startswith("Balance: 114\n")
