"""Taking visits back, today's list and the guide, as staff type and tap them."""

from datetime import timedelta

import pytest

from operations.senders import Role
from playground.people import Person
from playground.seen import ChatMessage
from tests.flows.desk_scene import CARD, a_card, an_owner, said, staff_at
from tests.flows.running import RunningBot


@pytest.mark.parametrize(
    ("language_code", "undone", "told", "again"),
    [
        (
            "ru",
            ("Визит № 1 отменён", "Списано: 30 баллов", "теперь 0"),
            ("Визит № 1 на 1 000 ₽ отменён", "Баланс: 0 баллов"),
            "уже отменён",
        ),
        (
            "en",
            ("Visit № 1 is taken back", "Taken back: 30 points", "now 0"),
            ("Visit № 1 of 1,000 ₽ was taken back", "Balance: 0 points"),
            "was taken back already",
        ),
    ],
)
async def test_undo_takes_the_last_confirmation_back_once(
    svoi: RunningBot,
    language_code: str,
    undone: tuple[str, ...],
    told: tuple[str, ...],
    again: str,
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_card(svoi, language_code=language_code)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await svoi.settle()
    anna.forget()
    await alina.send("/undo")
    answer = said(await alina.hears())
    for words in undone:
        assert words in answer
    notice = said(await anna.hears(told[0].split()[0]))
    for words in told:
        assert words in notice
    await alina.send("/undo")
    await alina.hears(again)


async def test_the_button_under_a_visit_asks_first(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await alina.hears("проведён")
    await alina.tap("↩️")
    await alina.hears("Отменить визит № 1?")
    await alina.tap("❌")
    await alina.hears("Визит № 1 проведён")
    await alina.tap("↩️")
    await alina.tap("✅")
    await alina.hears("Визит № 1 отменён")


async def test_nothing_to_undo_and_too_late_are_said_kindly(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send("/undo")
    await alina.hears("Отменять нечего")
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await alina.hears("проведён")
    await svoi.passes(timedelta(minutes=16))
    await alina.send("/undo")
    await alina.hears("отменить можно в течение 15 минут")


def _as_it_is_now(person: Person, message: ChatMessage) -> str:
    """The words of a message that may have been edited since."""
    return said(next(m for m in person.messages if m.message_id == message.message_id))


async def test_an_old_button_leaves_the_record_and_says_when_it_was(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    record = await alina.hears("проведён")
    await svoi.passes(timedelta(days=1))
    await alina.tap("↩️")
    heard = said(await alina.hears("отменить можно"))
    assert "Визит № 1 подтверждён 1 февраля в 12:00" in heard
    assert "Визит № 1 проведён" in said(
        next(m for m in alina.messages if m.message_id == record.message_id)
    )


async def test_a_question_answered_too_late_gives_the_record_back(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    record = await alina.hears("проведён")
    await alina.tap("↩️")
    await alina.hears("Отменить визит № 1?")
    await svoi.passes(timedelta(minutes=16))
    await alina.tap("✅")
    await alina.hears("отменить можно в течение 15 минут")
    await svoi.settle()
    assert "Визит № 1 проведён" in said(
        next(m for m in alina.messages if m.message_id == record.message_id)
    )


async def test_a_manager_chooses_which_of_the_branch_s_visits(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    marina = await staff_at(svoi, "Марина", role=Role.MANAGER)
    await a_card(svoi)
    for amount in (1000, 2000):
        await alina.send(f"/visit {CARD} {amount}")
        await alina.tap("✅")
        await alina.hears("проведён")
    await marina.send("/undo")
    heard = await marina.hears("Какой визит отменить?")
    assert "№ 2 · 12:00 · Анна · 2 000 ₽ · Алина" in said(heard)
    alina.forget()
    await marina.tap("↩️ № 1")
    await marina.hears("Отменить визит № 1?")
    await marina.tap("✅")
    await marina.hears("Визит № 1 отменён")
    told = said(await alina.hears("Визит № 1 отменён"))
    assert "Кто отменил: Марина" in told
    assert "Списано: 30 баллов, на счёте теперь 60" in told
    await alina.send("/today")
    heard = await alina.hears("Итого: 1 визит")
    assert "Счета: 2 000 ₽" in said(heard)


async def test_a_colleague_s_visit_is_not_theirs_to_take_back(svoi: RunningBot) -> None:
    alina, boris = await staff_at(svoi), await staff_at(svoi, "Борис")
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await alina.tap("✅")
    await alina.hears("проведён")
    await boris.send("/guide")
    await boris.hears()
    await boris.tap_data("undo_visit:1")
    await boris.hears("подтверждали не вы")


async def test_today_lists_the_branch_and_the_owner_s_all_branches(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    boris = await staff_at(svoi, "Борис", branch="Вокзал", language_code="en")
    owner = an_owner(svoi)
    await a_card(svoi)
    for one, amount in ((alina, "1000 ремонт"), (boris, "2000"), (alina, "3000")):
        await one.send(f"/visit {CARD} {amount}")
        await one.tap("✅")
        await svoi.settle()
    await alina.send("/today")
    seen = said(await alina.hears("Центр"))
    assert "№ 1 · 12:00 · Анна · Ремонт · 1 000 ₽ · +30 баллов" in seen
    assert "Вокзал" not in seen
    assert "Итого: 2 визита" in seen
    assert "Счета: 4 000 ₽" in seen
    await boris.send("/today")
    assert "Total: 1 visit" in said(await boris.hears())
    await owner.send("/today")
    seen = said(await owner.hears())
    assert seen.index("Вокзал") < seen.index("№ 2") < seen.index("Центр") < seen.index("№ 3")
    assert "Итого: 3 визита" in seen
    await owner.tap("🔄")
    await svoi.settle()
    assert len(owner.messages) == 1


async def test_a_long_day_comes_by_pages(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    for amount in range(16):
        await alina.send(f"/visit {CARD} {1000 + amount}")
    await svoi.settle()
    for shown in list(alina.messages):
        await alina.tap_button(shown.buttons[0])
    await svoi.settle()
    await alina.send("/today")
    heard = await alina.hears("Страница 1 из 2")
    assert "Итого: 16 визитов" in said(heard)
    await alina.tap("Дальше")
    await alina.hears("Страница 2 из 2")
    await alina.tap("◀")
    await alina.hears("Страница 1 из 2")


@pytest.mark.parametrize(
    ("language_code", "words"),
    [("ru", ("памятка", "15 минут", "Управляющему")), ("en", ("guide", "15 minutes", "managers"))],
)
async def test_the_guide_teaches_the_job_by_role(
    svoi: RunningBot, language_code: str, words: tuple[str, ...]
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    owner = an_owner(svoi, language_code=language_code)
    await alina.send("/guide")
    await owner.send("/guide")
    of_staff, of_owner = (await alina.hears()).text, (await owner.hears()).text
    for found in words[:2]:
        assert found in of_staff
    assert words[2] in of_owner
    assert words[2] not in of_staff
    example = {"ru": "/staff пригласить сотрудника Центр", "en": "/staff invite staff Центр"}
    assert example[language_code] in of_owner
    await alina.tap("🧾")
    await alina.hears()
