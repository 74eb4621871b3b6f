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
    assert "Засчитано: 1, ждём визит: 0" in await asks(svoi, boris, "/invite")

    undone = await asks(svoi, alina, "/undo")
    assert "Списано: 15 баллов и ещё 150 баллов за приглашение, на счёте теперь 114" in undone
    await svoi.settle()
    told = [words(message) for message in vera.messages]
    undone = next(text for text in told if "Visit № 2 of 500 ₽ was taken back" in text)
    assert "The 150 points for your first visit by invitation went with it" in undone
    assert "your next visit of 500 ₽ or more can earn them again" in undone
    assert undone.endswith("Balance: 114 points")
    assert [text for text in told if "114" in text][-1] == undone, "one balance, told once"
    told = [words(message) for message in boris.messages]
    assert any("300 баллов за приглашение" in t and "Баланс: 100 баллов" in t for t in told)
    assert "ждём визит: 1" in await asks(svoi, boris, "/invite")
    assert (await asks(svoi, boris, "/balance")).startswith("Баланс: 100\n")
    assert (await asks(svoi, vera, "/balance")).startswith("Balance: 114\n")


async def test_the_history_adds_up_to_the_balance_also_after_an_undo(svoi: RunningBot) -> None:
    boris, _ = await a_client(svoi, "Борис", phone="+79120000002")
    alina = await staff_at(svoi)
    link = re.search(r"https://t\.me/\S+", await asks(svoi, boris, "/invite"))
    assert link is not None
    vera = svoi.telegram.person("Вера", phone="+79120000003")
    await vera.open_link(link.group())
    for key in ("✅", "⏭", "✅", "✅", "⏭"):
        await svoi.settle()
        await vera.tap(key)
    await asks(svoi, alina, f"/visit {vera.phone} 900")
    await alina.tap("✅")
    await asks(svoi, alina, "/undo")
    for person, balance, told in (
        (
            vera,
            100,
            (
                "+27 баллов · отменён",
                "−27 баллов — отмена визита № 1\n",
                "−150 баллов — отмена визита № 1\n",
                "+150 баллов — за первый визит по приглашению\n",
            ),
        ),
        (boris, 100, ("+300 баллов — приглашение друга\n", "−300 баллов — визит друга отменён\n")),
    ):
        history = await asks(svoi, person, "/history")
        for line in told:
            assert line in history
        posted = re.findall(r"([+−])(\d+) балл", history)
        assert sum(int(points) * (1 if sign == "+" else -1) for sign, points in posted) == balance
