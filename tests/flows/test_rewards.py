"""Rewards as clients and staff tap them: the catalogue, the code, the desk, time."""

from datetime import timedelta

import pytest

from operations.ledger import EntryKind, grant
from operations.transaction import Tx
from playground.people import Person
from storage import rewards
from storage.clients import Client
from storage.rewards import Claim
from tests.flows.desk_scene import CARD, CARD_CODE, a_card, an_owner, anna_s_row, said, staff_at
from tests.flows.running import RunningBot


async def gives(svoi: RunningBot, points: int) -> None:
    client = await anna_s_row(svoi)
    async with svoi.app.database.write() as db:
        tx = Tx(db, svoi.clock.now(), svoi.app.programme)
        key = f"gift:{points}"
        kind = EntryKind.ADJUSTMENT
        await grant(tx, client.id, points, kind=kind, key=key, valid_through=None)


async def the_claim(svoi: RunningBot) -> Claim:
    """Anna's newest."""
    client: Client = await anna_s_row(svoi)
    async with svoi.app.database.read() as db:
        made = await rewards.counts(db, client.id)
        claim = await rewards.by_place(db, client.id, made.ever)
    assert claim is not None
    return claim


async def taps(svoi: RunningBot, person: Person, key: str) -> None:
    await person.tap(key)
    await svoi.settle()


async def sends(svoi: RunningBot, person: Person, text: str) -> str:
    await person.send(text)
    await svoi.settle()
    return said(person.last)


async def redeems(svoi: RunningBot, anna: Person, key: str = "🎁 Бесплатная") -> Claim:
    await sends(svoi, anna, "/rewards")
    await taps(svoi, anna, key)
    await taps(svoi, anna, "✅")
    return await the_claim(svoi)


@pytest.mark.parametrize(
    ("language_code", "catalogue", "offer", "bought", "code_says", "preview", "handed", "told"),
    [
        (
            "ru",
            ("Награды", "У вас 1 200 баллов", "Пауэрбанк — 2 500 баллов · осталось 20", "🔒"),
            ("У вас 1 200 баллов", "останется 700", "30 дней"),
            ("Списано: 500 баллов", "Баланс: 700 баллов", "3 марта"),
            ("Назовите его сотруднику", "3 марта"),
            ("Бесплатная диагностика", "Клиент: Анна", "500 баллов", "Выдать?"),
            ("Выдано: Бесплатная диагностика", "Кто выдал: вы"),
            ("Бесплатная диагностика — у вас", "Центр", "Алина"),
        ),
        (
            "en",
            ("Rewards", "You have 1,200 points", "Power bank: 2,500 points · 20 left", "🔒"),
            ("You have 1,200 points", "700 will be left", "30 days"),
            ("Spent: 500 points", "Balance: 700 points", "3 March"),
            ("Tell it to our staff", "3 March"),
            ("Free diagnostics", "Client: Анна", "500 points", "Hand it out?"),
            ("Handed out: Free diagnostics", "By: you"),
            ("You have your reward: Free diagnostics", "Центр", "Алина"),
        ),
    ],
)
async def test_from_the_catalogue_to_the_client_s_hands(
    svoi: RunningBot,
    language_code: str,
    catalogue: tuple[str, ...],
    offer: tuple[str, ...],
    bought: tuple[str, ...],
    code_says: tuple[str, ...],
    preview: tuple[str, ...],
    handed: tuple[str, ...],
    told: tuple[str, ...],
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_card(svoi, language_code=language_code)
    await gives(svoi, 1_200)
    hears(await sends(svoi, anna, "/rewards"), catalogue)
    await taps(svoi, anna, "🎁 Бесплатная" if language_code == "ru" else "🎁 Free")
    hears(said(anna.last), offer)
    await taps(svoi, anna, "✅")
    claim = await the_claim(svoi)
    receipt, code = anna.messages[-2:]
    hears(said(receipt), bought)
    hears(said(code), code_says)
    shown = f"{claim.code[:3]}-{claim.code[3:]}"
    assert shown in said(receipt)
    assert shown in said(code)
    assert code.photo is not None
    hears(await sends(svoi, alina, shown.lower()), preview)
    await taps(svoi, alina, "✅")
    hears(said(alina.last), handed)
    hears(said(anna.last), told)


def hears(text: str, words: tuple[str, ...]) -> None:
    for word in words:
        assert word in text


async def test_a_double_tap_is_one_redemption(svoi: RunningBot) -> None:
    anna = await a_card(svoi)
    await gives(svoi, 1_200)
    await sends(svoi, anna, "/rewards")
    await taps(svoi, anna, "🎁 Бесплатная")
    confirm = anna.last.buttons[0]
    for _ in range(5):
        await anna.tap_button(confirm)
    await svoi.settle()
    assert (await anna_s_row(svoi)).balance == 700
    assert len([one for one in anna.messages if one.photo is not None]) == 1
    assert any("уже ваша" in answer.text for answer in anna.answers)


async def test_the_client_looks_the_code_up_again_and_gives_it_back(svoi: RunningBot) -> None:
    anna = await a_card(svoi)
    await gives(svoi, 500)
    claim = await redeems(svoi, anna)
    listed = await sends(svoi, anna, "🎁 Награды")
    assert "Ждут вас" in listed
    await taps(svoi, anna, "🎟")
    assert claim.code[3:] in said(anna.last)
    await taps(svoi, anna, "❌")
    assert "вернётся 500 баллов" in said(anna.last)
    await taps(svoi, anna, "❌")
    assert "Ждут вас" in said(anna.last)
    await taps(svoi, anna, "🎟")
    await taps(svoi, anna, "❌")
    await taps(svoi, anna, "✅")
    assert "+500 баллов" in said(anna.last)
    assert "Баланс: 500 баллов" in said(anna.last)
    assert "баллы за награду вернулись" in await sends(svoi, anna, "/history")
    alina = await staff_at(svoi)
    assert "сам отказался" in await sends(svoi, alina, f"/accept {claim.code}")


async def test_the_qr_code_of_the_reward_leads_staff_to_it_and_nobody_else(
    svoi: RunningBot,
) -> None:
    alina, anna = await staff_at(svoi), await a_card(svoi)
    boris = svoi.telegram.person("Борис")
    await gives(svoi, 500)
    claim = await redeems(svoi, anna)
    assert "Клиент: Анна" in await sends(svoi, alina, f"/start g_{claim.code}")
    assert "Анна" not in await sends(svoi, boris, f"/start g_{claim.code}")
    assert claim.name.of("ru") not in said(boris.last)
    assert (await the_claim(svoi)).is_open


async def test_the_desk_warns_of_another_client_s_code(svoi: RunningBot) -> None:
    alina, anna = await staff_at(svoi), await a_card(svoi)
    await a_card(svoi, "Борис", phone="+79120000002", card_number="7654321", card_code="another")
    await gives(svoi, 500)
    claim = await redeems(svoi, anna)
    await sends(svoi, alina, "7654321")
    assert "другого клиента" in await sends(svoi, alina, claim.code)
    await sends(svoi, alina, f"/start c_{CARD_CODE}")
    assert "другого клиента" not in await sends(svoi, alina, claim.code)


async def test_accept_asks_for_the_code_and_guessing_stops(svoi: RunningBot) -> None:
    alina, anna = await staff_at(svoi), await a_card(svoi)
    await gives(svoi, 500)
    claim = await redeems(svoi, anna)
    assert "Какой код" in await sends(svoi, alina, "/accept")
    assert "не похоже на код" in await sends(svoi, alina, "1200")
    for _ in range(8):
        assert "Такого кода нет" in await sends(svoi, alina, "K222222")
    assert "подбирать коды нельзя" in await sends(svoi, alina, claim.code)
    boris = await staff_at(svoi, "Борис")
    assert "Клиент: Анна" in await sends(svoi, boris, claim.code)
    await taps(svoi, boris, "❌")
    assert "ждёт клиента" in said(boris.last)
    assert (await the_claim(svoi)).is_open


async def test_a_colleague_s_second_tap_hears_who_handed_it_out(svoi: RunningBot) -> None:
    alina, boris, anna = await staff_at(svoi), await staff_at(svoi, "Борис"), await a_card(svoi)
    await gives(svoi, 500)
    claim = await redeems(svoi, anna)
    for one in (alina, boris):
        await sends(svoi, one, claim.code)
    await taps(svoi, alina, "✅")
    await taps(svoi, boris, "✅")
    assert "Уже выдано" in said(boris.last)
    assert "Кто выдал: Алина" in said(boris.last)
    assert boris.answers[-1].show_alert
    assert len([one for one in anna.messages if "у вас!" in one.text]) == 1


async def test_accept_is_unknown_to_who_does_not_work_here(svoi: RunningBot) -> None:
    anna = await a_card(svoi)
    await gives(svoi, 500)
    claim = await redeems(svoi, anna)
    unknown = await sends(svoi, anna, "/nonsense")
    assert await sends(svoi, anna, f"/accept {claim.code}") == unknown
    await sends(svoi, anna, claim.code)
    assert (await the_claim(svoi)).is_open


async def test_unclaimed_it_is_reminded_of_then_points_and_stock_return(svoi: RunningBot) -> None:
    anna, alina = await a_card(svoi, tier="gold"), await staff_at(svoi)
    await gives(svoi, 2_500)
    claim = await redeems(svoi, anna, "🎁 Пауэрбанк")
    await svoi.passes(timedelta(days=26))
    assert not any("Вас ждёт награда" in said(one) for one in anna.messages)
    await svoi.passes(timedelta(days=1))
    (reminder,) = [said(one) for one in anna.messages if "Вас ждёт награда" in said(one)]
    assert "3 марта" in reminder
    await svoi.passes(timedelta(days=3))
    reminders = [said(one) for one in anna.messages if "Вас ждёт награда" in said(one)]
    assert len(reminders) == 1
    await svoi.passes(timedelta(days=1))
    assert "мы вернули баллы" in said(anna.last)
    assert "Баланс: 2 500 баллов" in said(anna.last)
    assert (await anna_s_row(svoi)).balance == 2_500
    async with svoi.app.database.read() as db:
        assert await rewards.claimed_count(db, "power_bank") == 0
    assert "не действует" in await sends(svoi, alina, f"/accept {claim.code}")
    await taps(svoi, anna, "🎁")
    assert "Пауэрбанк" in said(anna.last)


async def test_the_owner_hears_of_the_last_one(svoi: RunningBot) -> None:
    owner, anna = an_owner(svoi), await a_card(svoi, tier="gold")
    async with svoi.app.database.write() as db:
        for _ in range(19):
            await rewards.take_one(db, "power_bank", stock=20)
    await gives(svoi, 5_000)
    await redeems(svoi, anna, "🎁 Пауэрбанк")
    assert "закончилась" in said(owner.last)
    await sends(svoi, anna, "/rewards")
    assert "закончились" in said(anna.last)


async def test_a_visit_s_amount_is_still_an_amount(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await sends(svoi, alina, CARD)
    assert "К оплате" in await sends(svoi, alina, "1200 замена")
