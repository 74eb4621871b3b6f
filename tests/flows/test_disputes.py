"""A client doubts a receipt, and somebody who leads hears of it."""

import pytest

from tests.flows.desk_scene import CARD, a_card, an_owner, said, staff_at
from tests.flows.running import RunningBot


@pytest.mark.parametrize(
    ("language_code", "opened", "taken"),
    [("ru", "Обращение № 1 открыто", "24 часов"), ("en", "Case № 1 is open", "24 hours")],
)
async def test_rule_24_one_tap_on_a_receipt_opens_a_case_and_words_go_into_it(
    svoi: RunningBot, language_code: str, opened: str, taken: str
) -> None:
    owner = an_owner(svoi)
    await owner.send("/cancel")
    alina = await staff_at(svoi)
    anna = await a_card(svoi, language_code=language_code)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    await anna.tap("❗")
    await anna.hears(opened)
    heard = await owner.hears("Визит № 1", ever=True)
    assert "спор о визите" in heard.words
    assert "1 000 ₽" in said(heard)
    await anna.send_sticker()
    await anna.hears()
    await anna.send("Счёт был 500 <b>")
    await anna.hears(taken)
    assert "Счёт был 500 <b>" in (await owner.hears("клиент написал")).words


@pytest.mark.parametrize(
    ("language_code", "frozen", "to_spend"),
    [
        ("ru", "30 баллов заморожены до ответа по обращению № 1", "Можно потратить: 0 баллов"),
        ("en", "30 points frozen until case № 1 is answered", "To spend: 0 points"),
    ],
)
async def test_rule_24_what_is_frozen_is_shown_to_the_client_and_at_the_desk(
    svoi: RunningBot, language_code: str, frozen: str, to_spend: str
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_card(svoi, language_code=language_code)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    await anna.tap("❗")
    await anna.hears()
    await anna.send("/balance")
    balance = said(await anna.hears())
    assert balance.splitlines()[0].endswith(": 30")
    assert frozen in balance
    assert to_spend in balance
    await alina.send(f"/client {CARD}")
    assert frozen in said(await alina.hears())
    await alina.send(f"/redeem {CARD} 50 1000")
    assert frozen in said(await alina.hears())


async def test_taking_it_back_closes_the_case_and_frees_the_points(svoi: RunningBot) -> None:
    owner = an_owner(svoi)
    await owner.send("/cancel")
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    await anna.tap("❗")
    await anna.tap("❌")
    await anna.hears("всё сошлось")
    await owner.hears("отозвал")
    await anna.send("/balance")
    assert "заморожены" not in (await anna.hears()).words
    await anna.send("Спасибо")
    heard = await anna.hears()
    assert "Управляющий" not in heard.text


async def test_a_second_tap_says_that_there_is_a_case_already(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    await anna.tap_data("dispute:1")
    await anna.hears("открыто")
    await anna.tap_data("dispute:1")
    await anna.sees_answer("уже есть обращение № 1")


@pytest.mark.parametrize("data", ["dispute:1", "dispute_entry:1", "dispute_drop:1"])
async def test_another_client_s_record_is_no_button_of_theirs(svoi: RunningBot, data: str) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    mallory = await a_card(
        svoi, "Мэллори", phone="+79123456700", card_number="7654321", card_code="Other2345"
    )
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    if "drop" in data:
        await anna.tap("❗")
        await anna.hears("открыто")
    await mallory.send("/card")
    await mallory.hears()
    await mallory.tap_data(data)
    await mallory.sees_answer("больше не работает")


@pytest.mark.parametrize("data", ["dispute_expiry:20271399", "dispute_expiry:-1"])
async def test_a_day_that_is_none_is_no_button(svoi: RunningBot, data: str) -> None:
    anna = await a_card(svoi)
    await anna.send("/card")
    await anna.hears()
    await anna.tap_data(data)
    await anna.sees_answer("больше не работает")
