"""Paying with points, as staff and the client type and tap it on two phones."""

from datetime import timedelta

import pytest

from bot.app import App
from operations.ledger import EntryKind, grant
from operations.senders import Role
from operations.transaction import Tx
from playground.people import Person
from playground.server import LocalTelegram
from tests.bot.lives import alive
from tests.flows.conftest import NO_LIMITS
from tests.flows.desk_scene import CARD, CARD_CODE, PHONE, a_card, anna_s_row, said, staff_at
from tests.flows.running import MovableClock, RunningBot, settings_for


async def gives(svoi: RunningBot, points: int) -> None:
    """Points on Anna's card, that came quietly."""
    client = await anna_s_row(svoi)
    async with svoi.app.database.write() as db:
        tx = Tx(db, svoi.clock.now(), svoi.app.programme)
        kind = EntryKind.APOLOGY
        await grant(tx, client.id, points, kind=kind, key=f"given:{points}", valid_through=None)


async def a_rich_card(svoi: RunningBot, points: int = 500, **values: object) -> Person:
    anna = await a_card(svoi, **values)  # type: ignore[arg-type]
    await gives(svoi, points)
    return anna


@pytest.mark.parametrize(
    ("language_code", "question", "waiting", "booked", "receipt"),
    [
        (
            "ru",
            (
                "Списать 100 баллов?",
                "Ремонт · Центр",
                "Спрашивает Алина",
                "Счёт: 1 200 ₽",
                "Скидка 3 %: −36 ₽",
                "Баллами: −100 ₽ (100 баллов)",
                "К оплате: 1 064 ₽",
                "Начислим: 53 балла",
                "до 12:10",
            ),
            ("Ждём ответа клиента", "Анна", "Баллами: −100 ₽"),
            ("Клиент подтвердил. Визит № 1 проведён", "на счёте теперь 453"),
            ("Визит № 1 · Ремонт", "Баллами: −100 ₽", "+53 балла", "Баланс: 453 балла"),
        ),
        (
            "en",
            (
                "Spend 100 points?",
                "Repair · Центр",
                "Asked by Алина",
                "Bill: 1,200 ₽",
                "Discount 3%: −36 ₽",
                "In points: −100 ₽ (100 points)",
                "To pay: 1,064 ₽",
                "To be earned: 53 points",
                "until 12:10",
            ),
            ("Waiting for the client", "Анна", "In points: −100 ₽"),
            ("The client confirmed. Visit № 1 is recorded", "the balance is now 453"),
            ("Visit № 1 · Repair", "In points: −100 ₽", "+53 points", "Balance: 453 points"),
        ),
    ],
)
async def test_rule_05_two_phones_read_bill_discount_points_to_pay_and_earned_in_order(
    svoi: RunningBot,
    language_code: str,
    question: tuple[str, ...],
    waiting: tuple[str, ...],
    booked: tuple[str, ...],
    receipt: tuple[str, ...],
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_rich_card(svoi, tier="gold", language_code=language_code)
    await alina.send("/redeem 8 (912) 345-67-89 100 1 200 ремонт")
    await svoi.settle()
    assert_in_order(said(alina.last), waiting)
    assert_in_order(said(anna.last), question)
    await anna.tap("✅")
    await svoi.settle()
    assert_in_order(said(alina.last), booked)
    assert_in_order(said(next(one for one in anna.messages if receipt[0] in said(one))), receipt)
    assert (await anna_s_row(svoi)).balance == 453


def assert_in_order(text: str, words: tuple[str, ...]) -> None:
    places = [text.index(word) for word in words]
    assert places == sorted(places), text


async def test_rule_05_a_plain_visit_with_a_discount_says_it_in_the_same_order(
    svoi: RunningBot,
) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi, tier="gold")
    await alina.send(f"/visit {CARD} 1000")
    await svoi.settle()
    figures = ("Счёт: 1 000 ₽", "Скидка 3 %: −30 ₽", "К оплате: 970 ₽", "Начислим: 48 баллов")
    assert_in_order(said(alina.last), figures)
    await alina.tap("✅")
    await svoi.settle()
    told = ("Счёт: 1 000 ₽", "Скидка: −30 ₽", "К оплате: 970 ₽", "48 баллов")
    assert_in_order(said(alina.last), told)
    assert_in_order(said(anna.messages[0]), told)
    assert "Баллами" not in said(anna.messages[0])


async def test_rule_07_too_many_points_are_refused_with_the_largest_and_not_cut_down(
    svoi: RunningBot,
) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    await alina.send(f"/redeem {CARD} 301 1000")
    heard = said(await alina.hears("301 балл списать нельзя"))
    assert "от 50 до 300 баллов" in heard
    for typed in ("49", "0", "9" * 40):
        await alina.send(typed)
        await alina.hears("от 50 до 300 баллов")
    assert anna.messages == []
    await alina.tap("⭐ Списать 300")
    await alina.hears("Ждём ответа клиента")
    await anna.hears("Списать 300 баллов?")


@pytest.mark.parametrize(
    "typed", ["abc 1000", "1.5 1000", "-5 1000", "1e2 1000", "NaN 1000", "100р 1000", "½ 1000"]
)
async def test_points_are_a_whole_number(svoi: RunningBot, typed: str) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    await alina.send(f"/redeem {CARD} {typed}")
    await alina.hears("не похоже на число баллов")
    assert anna.messages == []


async def test_an_amount_that_is_none_is_asked_for_again_and_the_points_stand(
    svoi: RunningBot,
) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    await alina.send(f"/redeem {CARD} 100 1e9")
    await alina.hears("не похоже на сумму")
    await alina.send("1000 ремонт")
    await alina.hears("Ждём ответа клиента")
    await anna.hears("Списать 100 баллов?")
    await alina.send(f"/redeem {CARD} 120")
    await alina.hears("На какую сумму")
    await alina.send("1 000")
    await alina.tap("Ремонт")
    await anna.hears("Списать 120 баллов?")


async def test_step_by_step_and_the_client_declines(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    await alina.send("/redeem")
    await alina.hears("Кто платит баллами?")
    await alina.send("Анна")
    await alina.hears("/redeem 89123456789 100 1200")
    await alina.send(PHONE)
    await alina.hears("На какую сумму")
    await alina.send("2000")
    await alina.hears("За что?")
    await alina.tap("⏭")
    assert "от 50 до 500 баллов" in said(await alina.hears("Сколько баллов"))
    await alina.send("много")
    await alina.hears("не похоже на число баллов")
    await alina.send("1 00")
    await alina.hears("не похоже на число баллов")
    await alina.send("100 баллов")
    await alina.hears("Ждём ответа клиента")
    await anna.hears("Списать 100 баллов?")
    await svoi.settle()
    waiting = alina.last
    await anna.tap("❌")
    assert "100 баллов остаются у вас" in said(await anna.hears("Хорошо"))
    await alina.hears("Клиент отказался")
    await svoi.settle()
    # What she read while she waited asks nobody any more, and has no button.
    over = next(one for one in alina.messages if one.message_id == waiting.message_id)
    assert (over.buttons, "Клиент против" in over.text) == ([], True)
    assert (await anna_s_row(svoi)).visits == 0


async def test_the_star_under_a_preview_turns_it_into_a_question(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    await alina.send(f"/visit {CARD} 1000 ремонт")
    await svoi.settle()
    confirm = alina.last.buttons[0]
    await alina.tap("⭐ Списать баллы, до 300")
    await alina.hears("Сколько баллов")
    # The ✅ that stood there a moment ago books nothing any more.
    await alina.tap_button(confirm)
    await alina.hears("визит не проведён")
    await alina.send(f"/visit {CARD} 1000 ремонт")
    await alina.tap("⭐ Списать баллы, до 300")
    await alina.tap("🧾 Без баллов")
    await alina.hears("Начислим: 30")
    await alina.tap("⭐")
    await alina.tap("⭐ Списать 300")
    await anna.tap("✅")
    await alina.hears("Клиент подтвердил")
    assert ((await anna_s_row(svoi)).balance, (await anna_s_row(svoi)).visits) == (221, 1)


async def test_the_client_s_page_leads_to_a_question(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_rich_card(svoi)
    await alina.open_link(f"https://t.me/{svoi.telegram.bot_username}?start=c_{CARD_CODE}")
    await alina.tap("⭐ Визит со списанием баллов")
    await alina.hears("На какую сумму")
    await alina.send("1000 ремонт")
    await alina.hears("Сколько баллов")
    await alina.tap("❌")
    await alina.hears("отменили")


async def test_who_has_too_few_points_is_offered_a_visit_without(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_rich_card(svoi, 49)
    await alina.send(f"/visit {CARD} 1000")
    await alina.hears("К оплате")
    assert not [label for label in alina.last.labels if label.startswith("⭐")]
    await alina.send(f"/redeem {CARD} 49 1000")
    heard = await alina.hears("можно списать 0 баллов")
    assert "На счёте 49 баллов" in said(heard)
    await alina.tap("🧾 Без баллов")
    await alina.tap("✅")
    await alina.hears("Визит № 1 проведён")


async def test_five_taps_of_the_client_are_one_visit(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    await alina.send(f"/redeem {CARD} 100 1000")
    await svoi.settle()
    yes = anna.last.buttons[0]
    for _ in range(5):
        await anna.tap_button(yes)
    await svoi.settle()
    assert ((await anna_s_row(svoi)).visits, (await anna_s_row(svoi)).balance) == (1, 427)
    assert len([one for one in anna.messages if "Баланс:" in one.text]) == 1
    assert len([one for one in alina.messages if "Клиент подтвердил" in one.text]) == 1
    assert any("уже ответили" in answer.text for answer in anna.answers)


async def test_not_answered_in_time_both_read_so_and_staff_ask_again(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    await alina.send(f"/redeem {CARD} 100 1000")
    await svoi.settle()
    yes = anna.last.buttons[0]
    await svoi.passes(timedelta(minutes=11))
    await alina.hears("не ответил вовремя")
    await anna.hears("Время на ответ вышло")
    await anna.tap_button(yes)
    await svoi.settle()
    assert (await anna_s_row(svoi)).visits == 0
    await alina.tap("🔄 Спросить ещё раз")
    await alina.hears("Ждём ответа клиента")
    await anna.tap("✅")
    await alina.hears("Клиент подтвердил")


async def test_staff_take_the_question_back_and_the_late_tap_spends_nothing(
    svoi: RunningBot,
) -> None:
    alina, vera = await staff_at(svoi), await staff_at(svoi, "Вера")
    anna = await a_rich_card(svoi)
    await alina.send(f"/redeem {CARD} 100 1000")
    await svoi.settle()
    yes, withdraw = anna.last.buttons[0], alina.last.buttons[0]
    assert withdraw.data is not None
    await vera.tap_data(withdraw.data, message=alina.last)
    await vera.sees_answer("другой сотрудник")
    await alina.tap_button(withdraw)
    await alina.hears("Вопрос клиенту отозван")
    await anna.hears("Алина больше не спрашивает о 100 баллах")
    await anna.tap_button(yes)
    await anna.hears("больше не спрашивает")
    assert (await anna_s_row(svoi)).balance == 500


async def test_a_colleague_is_told_who_asks_already(svoi: RunningBot) -> None:
    alina, vera = await staff_at(svoi), await staff_at(svoi, "Вера")
    anna = await a_rich_card(svoi)
    await alina.send(f"/redeem {CARD} 100 1000")
    await svoi.settle()
    await vera.send(f"/redeem {CARD} 50 1000")
    heard = said(await vera.hears("уже спрашивают"))
    assert "Алина" in heard
    assert "12:10" in heard
    assert len(anna.messages) == 1


async def test_whoever_cannot_be_asked_is_said_clearly(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    anna.block()
    await svoi.settle()
    await alina.send(f"/redeem {CARD} 100 1000")
    await alina.hears("остановил бота")
    await alina.tap("🧾 Провести визит")
    await alina.hears("На какую сумму")
    await a_rich_card(
        svoi,
        card_number="7654321",
        phone="+79120000000",
        telegram_id=alina.id,
        card_code="another",
        name="Алина",
    )
    await alina.send("/redeem 7654321 100 1000")
    await alina.hears("Это вы сами")
    await alina.send("/redeem 7654321")
    await alina.hears("Это вы сами")


async def test_who_is_not_in_the_bot_gets_a_link(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_rich_card(svoi, telegram_id=None)
    for command in (f"/redeem {CARD}", f"/redeem {CARD} 100", f"/redeem {CARD} 100 1000"):
        await alina.send(command)
        assert svoi.telegram.bot_username in (await alina.hears("ещё нет нашего бота")).text
    await alina.send("/redeem 89990001122 100 1000")
    await alina.hears("Клиента с таким телефоном пока нет")


async def test_rule_22_for_others_the_command_does_not_exist(svoi: RunningBot) -> None:
    anna = await a_rich_card(svoi)
    await anna.send("/nothing")
    unknown = (await anna.hears()).text
    for command in ("/redeem", f"/redeem {CARD} 100 1000"):
        await anna.send(command)
        assert (await anna.hears()).text == unknown
    await anna.send("/help")
    assert "redeem" not in (await anna.hears("/card")).text
    for forged in ("redeem_yes:1:1", "redeem_no:999", "approve_yes:1:1", "redeem_withdraw:1"):
        await anna.tap_data(forged)
        await anna.sees_answer("больше не работает")


async def test_another_client_s_question_answers_to_nobody_else(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_rich_card(svoi)
    eve = await a_card(
        svoi, "Ева", phone="+79120000001", card_number="7777777", card_code="anothercode"
    )
    await alina.send(f"/redeem {CARD} 100 1000")
    await svoi.settle()
    data = anna.last.buttons[0].data
    assert data is not None
    await eve.tap_data(data, message=anna.last)
    await eve.sees_answer("больше не работает")
    assert (await anna_s_row(svoi)).balance == 500


async def test_a_restart_in_between_makes_no_difference(
    telegram: LocalTelegram, database_url: str, clock: MovableClock
) -> None:
    settings = settings_for(telegram, database_url)
    async with alive(App(settings, clock, limits=NO_LIMITS)) as app:
        svoi = RunningBot(app, telegram, clock)
        alina = await staff_at(svoi)
        anna = await a_rich_card(svoi)
        await alina.send(f"/redeem {CARD} 100 1000")
        await svoi.settle()
    yes = anna.last.buttons[0]
    for _ in range(5):
        await anna.tap_button(yes)
    async with alive(App(settings, clock, limits=NO_LIMITS)) as app:
        svoi = RunningBot(app, telegram, clock)
        await alina.hears("Клиент подтвердил")
        await svoi.settle()
        assert ((await anna_s_row(svoi)).balance, (await anna_s_row(svoi)).visits) == (427, 1)


async def test_a_large_bill_waits_for_the_manager(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    boris = await staff_at(svoi, "Борис", role=Role.MANAGER)
    anna = await a_card(svoi)
    await alina.send(f"/visit {CARD} 60000 ремонт")
    assert "одобрит управляющий" in said(await alina.hears("К оплате"))
    await alina.tap("✅")
    await alina.hears("Ждём управляющего")
    asked = said(await boris.hears("Одобрить счёт?"))
    assert_in_order(asked, ("50 000 ₽", "Анна", "Ремонт · Центр", "Спрашивает Алина", "60 000 ₽"))
    assert anna.messages == []
    await boris.tap("✅")
    await boris.hears("Визит № 1 проведён")
    assert "Кто одобрил: Борис" in said(await alina.hears("Визит № 1 проведён"))
    await anna.hears("Анна, спасибо")
    await alina.send(f"/visit {CARD} 70000")
    await alina.tap("✅")
    await boris.hears("70\u00a0000")
    await boris.tap("❌")
    await alina.hears("Счёт не одобрен: Борис")
    assert (await anna_s_row(svoi)).visits == 1


async def test_an_answered_question_goes_from_the_other_managers_chats(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    boris = await staff_at(svoi, "Борис", role=Role.MANAGER)
    vera = await staff_at(svoi, "Вера", role=Role.MANAGER, language_code="en")
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 60000 ремонт")
    await alina.tap("✅")
    await boris.hears("Одобрить счёт?")
    question = await vera.hears("60")
    await svoi.settle()
    waiting = alina.last
    await boris.tap("✅")
    taken_away = await vera.hears("Борис")
    await svoi.settle()
    over = next(one for one in alina.messages if one.message_id == waiting.message_id)
    assert (over.buttons, "Одобрено: Борис" in over.text) == ([], True)
    assert taken_away.message_id == question.message_id
    assert taken_away.buttons == []
    assert (await anna_s_row(svoi)).visits == 1


async def test_the_manager_s_yes_comes_before_the_client_is_asked(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    boris = await staff_at(svoi, "Борис", role=Role.MANAGER)
    anna = await a_rich_card(svoi)
    await alina.send(f"/redeem {CARD} 100 60000")
    await alina.hears("Ждём управляющего")
    await boris.hears("баллы подтвердит клиент")
    assert anna.messages == []
    await boris.tap("✅")
    await alina.hears("Счёт одобрен (Борис)")
    await anna.tap("✅")
    await alina.hears("Клиент подтвердил. Визит № 1 проведён")
    await alina.send("/undo")
    assert "Баллы, которыми платили, снова на карте: +100 баллов" in said(
        await alina.hears("Визит № 1 отменён")
    )
    assert (await anna_s_row(svoi)).balance == 500
