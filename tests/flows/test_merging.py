"""/merge as a manager types and taps it, in both languages."""

import pytest

from operations.senders import Role
from operations.transaction import Tx
from storage import clients
from tests.flows.desk_scene import PHONE, a_card, staff_at
from tests.flows.running import RunningBot
from tests.operations.conftest import add_client


async def an_old_card(svoi: RunningBot, **values: object) -> int:
    async with svoi.app.database.write() as db:
        tx = Tx(db, svoi.clock.now(), svoi.app.programme)
        row: dict[str, object] = {
            "name": "Анна Иванова",
            "phone": "+79120000502",
            "card_number": "7654321",
            "registered_at": None,
            "registered_on": None,
        }
        return await add_client(tx, **(row | values))


@pytest.mark.parametrize("lang", ["ru", "en"])
async def test_rule_17_a_manager_merges_two_cards(svoi: RunningBot, lang: str) -> None:
    anna = await a_card(svoi, language_code=lang)
    card = await an_old_card(svoi)
    manager = await staff_at(svoi, "Пётр", role=Role.MANAGER, language_code=lang)
    await manager.send(f"/merge +7 912 000-05-02 {PHONE}")
    await svoi.settle()
    question = await manager.hears()
    assert question.words.index("Анна\n") < question.words.index("Анна Иванова")
    await manager.tap("✅")
    await svoi.settle()
    done = await manager.hears()
    assert ("объединены" in done.words) or ("merged" in done.words)
    assert "0" in (await anna.hears()).words
    async with svoi.app.database.read() as db:
        source = await clients.by_id(db, card)
    assert source is not None
    assert source.merged_into_id is not None


async def test_step_by_step_and_from_the_client_s_view(svoi: RunningBot) -> None:
    await a_card(svoi)
    await an_old_card(svoi)
    manager = await staff_at(svoi, "Пётр", role=Role.MANAGER)
    await manager.send("/merge")
    await svoi.settle()
    await manager.send("123")
    await svoi.settle()
    assert "Такой карты нет" in (await manager.hears()).words
    await manager.send(PHONE)
    await svoi.settle()
    assert "второй карты" in (await manager.hears()).words
    await manager.send("/cancel")
    await svoi.settle()
    await manager.send(f"/client {PHONE}")
    await svoi.settle()
    await manager.tap("🔗")
    await svoi.settle()
    await manager.send("765 4321")
    await svoi.settle()
    await manager.tap("❌")
    await svoi.settle()
    assert "не объединены" in (await manager.hears()).words


async def test_staff_and_strangers_do_not_learn_of_it(svoi: RunningBot) -> None:
    await a_card(svoi)
    clerk = await staff_at(svoi, "Алина")
    heard = []
    for text in ("/merge", "/nosuchcommand"):
        await clerk.send(text)
        await svoi.settle()
        heard.append((await clerk.hears()).words)
    assert heard[0] == heard[1]
