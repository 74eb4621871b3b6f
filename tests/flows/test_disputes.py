"""A client doubts a receipt, and somebody who leads hears of it."""

import pytest

from tests.flows.desk_scene import CARD, a_card, an_owner, said, staff_at
from tests.flows.running import RunningBot


@pytest.mark.parametrize(
    ("language_code", "asked", "taken"),
    [("ru", "Что не так с визитом № 1", "24 часов"), ("en", "What is wrong", "24 hours")],
)
async def test_a_receipt_can_be_disputed_in_two_words(
    svoi: RunningBot, language_code: str, asked: str, taken: str
) -> None:
    owner = an_owner(svoi)
    await owner.send("/cancel")
    alina = await staff_at(svoi)
    anna = await a_card(svoi, language_code=language_code)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    await anna.tap("❗")
    await anna.hears(asked)
    await anna.send_sticker()
    await anna.hears()
    await anna.send("Счёт был 500 <b>")
    await anna.hears(taken)
    heard = await owner.hears("Визит № 1", ever=True)
    assert "спор о визите" in heard.words
    assert "1 000 ₽" in said(heard)


async def test_changing_one_s_mind_leaves_no_case(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    await anna.tap("❗")
    await anna.tap("❌")
    await anna.hears("всё сошлось")
    await anna.send("Спасибо")
    heard = await anna.hears()
    assert "Управляющий" not in heard.text


async def test_another_client_s_visit_is_no_button_of_theirs(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    mallory = await a_card(
        svoi, "Мэллори", phone="+79123456700", card_number="7654321", card_code="Other2345"
    )
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    await mallory.send("/card")
    await mallory.hears()
    await mallory.tap_data("dispute:1")
    await mallory.sees_answer("больше не работает")
