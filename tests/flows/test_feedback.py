"""A rating, words, and what comes of them: as people type and tap it."""

from datetime import UTC, datetime, timedelta

import pytest

from operations.senders import Role
from playground.people import NoSuchButton
from tests.flows.guests import a_client, a_colleague, town_of
from tests.flows.running import OWNER_ID, RunningBot

THREE_HOURS = timedelta(hours=3)


@pytest.mark.parametrize(
    ("language_code", "asked", "thanked"),
    [("ru", "Как всё прошло?", "Спасибо за оценку 5 из 5"), ("en", "How did it go?", "5 of 5")],
)
async def test_a_happy_client_rates_with_one_tap(
    svoi: RunningBot, language_code: str, asked: str, thanked: str
) -> None:
    anna, anna_id = await a_client(svoi, language_code=language_code)
    await town_of(svoi).visit(anna_id)
    await svoi.passes(THREE_HOURS)
    assert asked in anna.last.text
    await anna.tap("5")
    await svoi.settle()
    await anna.tap("⏭")
    await svoi.settle()
    assert thanked in anna.last.text
    assert anna.last.buttons == []


async def test_an_unhappy_client_is_answered_by_a_person(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    peter = await a_colleague(svoi, "Пётр", Role.MANAGER)
    await town_of(svoi).visit(anna_id)
    await svoi.passes(THREE_HOURS)
    await anna.tap("1")
    await svoi.settle()
    assert "клиент недоволен" in peter.last.text
    await anna.send("Ждал <b>два</b> часа")
    await svoi.settle()
    assert "Ждал <b>два</b> часа" in peter.last.text
    await peter.tap("✍️")
    await svoi.settle()
    await peter.send("Простите нас!")
    await svoi.settle()
    assert "Простите нас!" in anna.last.text
    await anna.tap("💬 Ответить")
    await svoi.settle()
    await anna.send("Ладно")
    await svoi.settle()
    assert "Ладно" in peter.last.text
    await peter.tap("🏁")
    await svoi.settle()
    assert "Закрыто" in peter.last.text
    # She wrote last and was promised an answer.
    assert "Обращение № 1 закрыто" in anna.last.text


async def test_words_of_somebody_whose_case_is_open_are_led_to_it(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    peter = await a_colleague(svoi, "Пётр", Role.MANAGER)
    for sent, tapped in (("/feedback", "2"), ("Плохо", None), ("Ну и где ответ?", "💬 Ответить")):
        await anna.send(sent)
        await svoi.settle()
        if tapped:
            await anna.tap(tapped)
            await svoi.settle()
    await anna.send("Так где ответ?")
    await svoi.settle()
    assert "Так где ответ?" in peter.last.text


async def test_rule_15_the_question_about_a_visit_keeps_quiet_hours(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    svoi.clock.move_to(datetime(2027, 2, 1, 16, 30, tzinfo=UTC))  # half past seven in the evening
    await town_of(svoi).visit(anna_id)
    before = len(anna.messages)
    await svoi.passes(THREE_HOURS)
    await svoi.passes(timedelta(hours=10, minutes=29))
    assert len(anna.messages) == before
    await svoi.passes(timedelta(minutes=1))
    assert "Как всё прошло?" in anna.last.text


async def test_feedback_may_be_told_at_any_time_without_a_visit(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    for _ in range(2):
        await anna.send("/feedback")
        await anna.hears("Что вы думаете о нас?")
    await anna.tap("3")
    await svoi.settle()
    await anna.tap("⏭")
    await svoi.settle()
    owner_saw = await town_of(svoi).notices_to(OWNER_ID)
    assert len(owner_saw) == 1


async def test_the_key_of_the_menu_asks_as_the_command_does(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    await anna.send("/card")
    await svoi.settle()
    await anna.tap("💬 Отзыв")
    await anna.hears("Что вы думаете о нас?")


async def test_five_taps_and_a_late_one_are_one_rating(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    await town_of(svoi).visit(anna_id)
    await svoi.passes(THREE_HOURS)
    button = next(button for button in anna.last.buttons if button.text.startswith("2"))
    for _ in range(5):
        await anna.tap_button(button)
    await svoi.settle()
    await anna.send("Долго")
    await svoi.settle()
    await anna.tap_button(button)
    await anna.sees_answer("уже сохранена")
    owner = await town_of(svoi).notices_to(OWNER_ID)
    assert len(owner) == 2  # the case, and the words


async def test_a_command_and_a_key_of_the_menu_end_the_wait_for_words(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    for way_out in ("/balance", "⭐ Баланс"):
        await anna.send("/feedback")
        await svoi.settle()
        await anna.tap("4")
        await svoi.settle()
        await anna.send(way_out)
        await anna.hears("Баланс: 100")
        await anna.send("Это уже не отзыв")
        await svoi.settle()
        assert "Спасибо за оценку" not in anna.last.text


async def test_too_many_words_and_a_voice_are_answered_and_the_dialogue_goes_on(
    svoi: RunningBot,
) -> None:
    anna, _ = await a_client(svoi)
    await anna.send("/feedback")
    await svoi.settle()
    await anna.tap("5")
    await svoi.settle()
    await anna.send("ж" * 2001)
    await anna.hears("001 знак, а сохраняем")
    await anna.send_sticker()
    await anna.hears("напишите словами")
    await anna.send("ж" * 2000)
    await anna.hears("Спасибо за оценку 5")


async def test_somebody_elses_visit_cannot_be_rated_by_a_forged_button(svoi: RunningBot) -> None:
    _, anna_id = await a_client(svoi)
    eve, _ = await a_client(svoi, "Ева", phone="+79120000002")
    visit = await town_of(svoi).visit(anna_id)
    await eve.tap_data(f"rate:{visit.id}:1:1")
    await eve.sees_answer("больше не работает")
    assert await town_of(svoi).audited() == ["feedback.refused"]
    assert await town_of(svoi).notices_to(OWNER_ID) == []


async def test_staff_do_not_learn_that_there_are_cases(svoi: RunningBot) -> None:
    ira = await a_colleague(svoi, "Ира", Role.STAFF)
    await ira.send("/nothing-of-the-kind")
    unknown = (await ira.hears()).text
    await ira.send("/cases")
    assert (await ira.hears()).text == unknown
    await ira.tap_data("case:1")
    await ira.sees_answer("больше не работает")


async def test_a_client_cannot_look_into_cases_by_a_forged_button(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    for data in ("case:1", "case_answer:1", "case_close:1", "case_page:1", "case_reply:1"):
        await anna.tap_data(data)
        await anna.sees_answer("больше не работает")


async def test_two_managers_answer_and_the_slower_one_decides(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    peter = await a_colleague(svoi, "Пётр", Role.MANAGER)
    olga = await a_colleague(svoi, "Olga", Role.MANAGER, language_code="en")
    await town_of(svoi).visit(anna_id)
    await svoi.passes(THREE_HOURS)
    await anna.tap("1")
    await svoi.settle()
    await peter.tap("✍️")
    await olga.tap("✍️")
    await svoi.settle()
    await peter.send("Простите")
    await svoi.settle()
    await olga.send("Sorry!")
    await svoi.settle()
    assert "answered by Пётр" in olga.last.text
    assert "Sorry!" not in anna.last.text
    await olga.tap("✅")
    await svoi.settle()
    assert "Sorry!" in anna.last.text
    await olga.tap("📋")
    await svoi.settle()
    assert "Open cases: 1" in olga.last.text


async def test_an_answer_may_be_thought_better_of(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    peter = await a_colleague(svoi, "Пётр", Role.MANAGER)
    await town_of(svoi).visit(anna_id)
    await svoi.passes(THREE_HOURS)
    await anna.tap("2")
    await svoi.settle()
    await peter.tap("✍️")
    await svoi.settle()
    await peter.tap("❌")
    await svoi.settle()
    before = len(anna.messages)
    await peter.send("Это не ответ")
    await svoi.settle()
    assert len(anna.messages) == before


async def test_an_owner_of_the_settings_answers_without_registering(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    owner = svoi.telegram.person("Хозяин", id=OWNER_ID)
    await owner.send("/cases")
    await owner.hears("Открытых обращений нет")
    await town_of(svoi).visit(anna_id)
    await svoi.passes(THREE_HOURS)
    await anna.tap("1")
    await svoi.settle()
    await owner.tap("📂")
    await owner.hears("Обращение № 1")
    with pytest.raises(NoSuchButton):
        await owner.tap("⏭", timeout_s=0.1)


async def test_points_go_with_an_apology_from_the_case(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    peter = await a_colleague(svoi, "Пётр", Role.MANAGER)
    await town_of(svoi).visit(anna_id)
    await svoi.passes(THREE_HOURS)
    await anna.tap("1")
    await svoi.settle()
    await peter.tap("📂")
    await svoi.settle()
    await peter.tap("🎁")
    await svoi.settle()
    await peter.tap("+200")
    await peter.sees_answer("Начислено: 200 баллов")
    await svoi.settle()
    assert "С извинением начислено: 200 баллов" in peter.last.text
    assert all(not label.startswith("🎁") for label in peter.last.labels)
    assert "Простите нас" in anna.last.text
    await anna.tap("⭐")
    await anna.hears("Баланс: 300")


async def test_a_phone_that_changed_hands_takes_its_card_along_when_a_manager_says_so(
    svoi: RunningBot,
) -> None:
    anna, _ = await a_client(svoi)
    peter = await a_colleague(svoi, "Пётр", Role.MANAGER)
    new = svoi.telegram.person("Анна", phone="+79120000001")
    await new.send("/start")
    for key in ("✅", "✅", "✅"):
        await svoi.settle()
        await new.tap(key)
    await svoi.settle()
    await svoi.passes(timedelta(minutes=1))
    assert "спор о номере" in peter.last.text
    await peter.tap("📂")
    await svoi.settle()
    await peter.tap("🔁")
    await svoi.settle()
    await peter.tap("✅")
    await peter.sees_answer("Карта перенесена")
    await svoi.settle()
    assert "теперь в этом аккаунте" in new.last.text
    assert "перенесена в другой аккаунт" in anna.last.text
    await new.send("/balance")
    await new.hears("Баланс: 100")
