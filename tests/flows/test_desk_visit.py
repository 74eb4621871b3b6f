"""A visit at the desk, as staff type and tap it with a queue before them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import clients
from storage.tables import audit_log
from tests.flows.desk_scene import (
    CARD,
    CARD_CODE,
    PHONE,
    a_card,
    an_owner,
    anna_s_row,
    said,
    staff_at,
)
from tests.flows.running import RunningBot


@pytest.mark.parametrize(
    ("language_code", "figures", "booked", "receipt"),
    [
        (
            "ru",
            ("Золотой", "Ремонт · Центр", "Счёт: 1 200 ₽", "К оплате: 1 164 ₽", "58 баллов"),
            "Визит № 1 проведён",
            ("Анна, спасибо", "+58 баллов", "Баланс: 58 баллов"),
        ),
        (
            "en",
            ("Gold", "Repair · Центр", "Bill: 1,200 ₽", "To pay: 1,164 ₽", "58 points"),
            "Visit № 1 is recorded",
            ("Анна, thank you", "+58 points", "Balance: 58 points"),
        ),
    ],
)
async def test_two_taps_and_the_client_reads_the_receipt(
    svoi: RunningBot,
    language_code: str,
    figures: tuple[str, ...],
    booked: str,
    receipt: tuple[str, ...],
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_card(svoi, tier="gold", language_code=language_code)
    await alina.send("/visit 8 (912) 345-67-89 1 200 ремонт")
    await svoi.settle()
    for figure in figures:
        assert figure in said(alina.last)
    assert anna.messages == []
    await alina.tap("✅")
    await svoi.settle()
    assert booked in said(alina.last)
    told = said(anna.messages[0])
    for words in receipt:
        assert words in told
    assert "Service" not in told


async def test_confirming_five_times_books_once(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await svoi.settle()
    confirm = alina.last.buttons[0]
    for _ in range(5):
        await alina.tap_button(confirm)
    await svoi.settle()
    assert (await anna_s_row(svoi)).visits == 1
    assert len([one for one in anna.messages if "Визит № 1" in one.text]) == 1
    assert any("уже проведён" in answer.text for answer in alina.answers)


async def test_five_staff_confirm_one_visit_and_four_are_told_who_did(svoi: RunningBot) -> None:
    team = [await staff_at(svoi, f"Сотрудник {n}") for n in range(1, 6)]
    await a_card(svoi)
    await team[0].send(f"/visit {CARD} 1000")
    await svoi.settle()
    shown = team[0].last
    confirm = shown.buttons[0].data
    assert confirm is not None
    for one in reversed(team):
        await one.tap_data(confirm, message=shown)
    await svoi.settle()
    assert (await anna_s_row(svoi)).visits == 1
    told = [answer.text for one in team[:4] for answer in one.answers if answer.text]
    assert told == ["Визит № 1 уже проведён. Кто подтвердил: Сотрудник 5"] * 4


async def test_step_by_step_mistakes_are_explained_and_the_dialogue_goes_on(
    svoi: RunningBot,
) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send("/visit")
    await alina.hears("Чей визит?")
    await alina.send("Анна")
    await alina.hears("ни телефона, ни номера карты")
    await alina.send("123 45 67")
    await alina.hears("На какую сумму")
    for typed in ("1e9", "NaN", "-5", "10.005", "сто рублей"):
        await alina.send(typed)
        heard = await alina.hears("не похоже на сумму")
        assert f"«{typed}»" in heard.text
        assert "1200" in heard.text
    for typed in ("0", "99999999"):
        await alina.send(typed)
        assert "от 0,01 ₽ до 10 000 000 ₽" in said(await alina.hears())
    await alina.send("12,50")
    assert "12,50 ₽" in said(await alina.hears("За что?"))
    await alina.send("ы" * 65)
    await alina.hears("не больше 64 знаков")
    await alina.send("чистка <b>")
    assert "чистка <b> · Центр" in (await alina.hears()).text
    await alina.tap("✅")
    await alina.hears("Визит № 1 проведён")
    assert (await anna_s_row(svoi)).visits == 1


async def test_a_scanned_card_asks_for_the_amount_only(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.open_link(f"https://t.me/{svoi.telegram.bot_username}?start=c_{CARD_CODE}")
    await alina.hears("Провести визит?")
    await alina.send("1 000 filter")
    await alina.hears("Замена фильтра · Центр")
    await alina.tap("✅")
    await alina.hears("проведён")


async def test_the_button_in_the_view_leads_through_amount_and_service(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/client {PHONE}")
    await alina.tap("🧾")
    await alina.hears("На какую сумму")
    await alina.send("500")
    await alina.tap("Ремонт")
    await alina.hears("Ремонт · Центр")
    await alina.tap("❌")
    await alina.hears("не проведён")
    assert (await anna_s_row(svoi)).visits == 0


async def test_tapping_skip_and_confirm_books_without_a_service(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD}")
    await alina.hears("На какую сумму")
    await alina.send("500")
    await alina.hears("За что?")
    old_skip = alina.last.buttons[-2]
    await alina.tap("⏭")
    await svoi.settle()
    await alina.tap_button(old_skip)
    await alina.sees_answer("из прошлого разговора")
    await alina.tap("✅")
    await alina.hears("Визит № 1 проведён")


async def test_cancel_puts_an_open_preview_aside(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    boris = await staff_at(svoi, "Борис")
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1200")
    shown = await alina.hears("К оплате")
    await boris.send("/cancel")  # a colleague's preview is none of his
    await boris.hears("Отменять нечего")
    await alina.send("/cancel")
    await alina.hears("визит не проведён")
    await alina.tap_button(shown.buttons[0])
    await alina.hears("визит не проведён")
    assert (await anna_s_row(svoi)).balance == 0
    await alina.send("/cancel")
    await alina.hears("Отменять нечего")


async def test_with_a_queue_nobody_types_commands(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await alina.send("8 912 345-67-89 1200 ремонт")
    await alina.hears("Ремонт · Центр")
    await alina.tap("✅")
    await alina.hears("Визит № 1 проведён")
    await alina.send("123 4567")
    await alina.hears("Провести визит?")
    await alina.send("123 4567 12x")  # an amount is awaited, but this is the next in the queue
    await alina.hears("«12x» — не похоже на сумму")
    await alina.send(f"/visit {CARD} 1,200 ремонт")
    await alina.hears("«1,200» — не похоже на сумму. Тысячи запятой не отделяем.")
    await alina.send("8 912 345-67-89")
    await alina.hears("На какую сумму")
    await alina.send("7654321")  # no such card: a bill, though a large one
    assert "7 654 321 ₽" in said(await alina.hears("За что?"))
    await alina.send("/cancel")
    await alina.hears()
    await anna.send("8 912 345-67-89 1200")
    heard = await anna.hears()
    assert "К оплате" not in heard.text


async def test_a_client_s_contact_says_whose_visit_it_is(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await alina.send("/visit")
    await alina.hears("Чей визит?")
    await alina.share_contact(phone="79123456789", user_id=anna.id, first_name="Анна")
    await alina.hears("На какую сумму")
    await alina.send_sticker()
    await alina.hears("Напишите, пожалуйста, текстом")


async def test_a_phone_that_nobody_has_leads_to_registration_and_is_not_repeated(
    svoi: RunningBot,
) -> None:
    alina = await staff_at(svoi)
    await alina.send("/visit 8 912 000-00-99 1200")
    heard = await alina.hears("пока нет")
    assert f"https://t.me/{svoi.telegram.bot_username}" in heard.text
    code = await alina.hears("наведёт камеру")
    assert code.raw["photo"]
    assert "0000099" not in heard.text.replace(" ", "").replace("-", "")
    async with svoi.app.database.read() as db:
        assert await clients.by_phone(db, "+79120000099") is None
    await alina.send("/visit 7654321 1200")
    await alina.hears("Такой карты нет")
    await alina.tap("🔎")
    await alina.hears("Чей визит?")


async def test_a_command_in_mid_dialogue_ends_it(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD}")
    await alina.hears("На какую сумму")
    await alina.send("/today")
    await alina.hears("визитов ещё не было")
    await alina.send("1000")
    heard = await alina.hears()
    assert "За что?" not in heard.text
    await alina.send("/visit")
    await alina.hears("Чей визит?")
    await alina.tap("❌")
    await alina.hears("отменили")


async def test_a_lapsed_preview_is_not_booked_and_leads_on(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await svoi.settle()
    await svoi.passes(timedelta(minutes=15))
    await alina.tap("✅")
    await alina.hears("визит не проведён")
    assert (await anna_s_row(svoi)).visits == 0
    await alina.tap("🔄")
    await alina.hears("К оплате")
    await alina.tap("✅")
    await alina.hears("проведён")


async def test_terms_that_changed_are_shown_again_in_place(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await svoi.settle()
    shown = alina.last.message_id
    async with svoi.app.database.write() as db:
        await clients.change(db, (await anna_s_row(svoi)).id, {"tier": "platinum"})
    await alina.tap("✅")
    await svoi.settle()
    assert alina.last.message_id == shown
    assert "Условия изменились" in alina.last.text
    assert "К оплате: 950 ₽" in said(alina.last)
    assert (await anna_s_row(svoi)).visits == 0
    await alina.tap("✅")
    await svoi.settle()
    assert (await anna_s_row(svoi)).visits == 1


async def test_an_owner_of_the_settings_confirms_at_once_with_the_branch(
    svoi: RunningBot,
) -> None:
    owner = an_owner(svoi)
    await a_card(svoi)
    await owner.send(f"/visit {CARD} 1000")
    await owner.hears("Где проходит визит?")
    await owner.tap("✅ Вокзал")
    await owner.hears("Вокзал")
    await owner.send(f"/visit {CARD} 2000")
    await owner.hears("Вокзал")
    await owner.tap("📍")
    await owner.hears("Где проходит визит?")
    await owner.tap("✅ Центр")
    await owner.hears("Центр")


@pytest.mark.parametrize("typed", [f"/visit {CARD}", f"/visit {CARD} 1000", f"/client {CARD}"])
async def test_whoever_is_shown_a_client_is_on_record_once(svoi: RunningBot, typed: str) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(typed)
    await alina.hears("Анна")
    await svoi.settle()
    anna_id = (await anna_s_row(svoi)).id
    async with svoi.app.database.read() as db:
        query = select(audit_log.c.actor_id, audit_log.c.action, audit_log.c.client_id)
        rows = [tuple(row) for row in await db.execute(query)]
    assert rows == [(alina.id, "client.viewed", anna_id)]
