"""/offers, partners' codes, free visits and thanks in points, as people tap them."""

from datetime import timedelta

import pytest

from operations.ledger import EntryKind
from playground.people import Person
from storage import ledger
from tests.flows.desk_scene import CARD, a_card, an_owner, anna_s_row, said, staff_at
from tests.flows.guests import a_client
from tests.flows.running import RunningBot


async def hears(svoi: RunningBot, person: Person, text: str) -> str:
    await person.send(text)
    await svoi.settle()
    return said(person.last)


async def taps(svoi: RunningBot, person: Person, label: str) -> str:
    await person.tap(label)
    await svoi.settle()
    return said(person.last)


@pytest.mark.parametrize(
    ("language_code", "key", "words", "code", "held"),
    [
        (
            "ru",
            "🏷 Предложения",
            (
                "Двойные баллы по вторникам",
                "Баллы × 2 · Ремонт",
                "по вторникам, до 30 апреля включительно",
                "Каждая десятая замена бесплатно: 0 из 10",
                "Кинотеатр «Луч»",
                "Назовите день рождения: +50 баллов",
            ),
            "Это ваш личный код:\n\nLUCH-7KQ4-2M",
            "Ваш код уже у вас",
        ),
        (
            "en",
            "🏷 Offers",
            (
                "Double points on Tuesdays",
                "Points × 2 · Repair",
                "on Tuesdays, through 30 April",
                "Every tenth change is free: 0 of 10",
                "Cinema Luch",
                "Tell us your birthday: +50 points",
            ),
            "This is your code, yours alone:\n\nLUCH-7KQ4-2M",
            "You have your code already",
        ),
    ],
)
async def test_a_client_looks_at_the_offers_and_takes_a_code(
    svoi: RunningBot, language_code: str, key: str, words: tuple[str, ...], code: str, held: str
) -> None:
    anna, _ = await a_client(svoi, language_code=language_code)
    offered = await hears(svoi, anna, key)
    for one in words:
        assert one in offered
    assert code in await taps(svoi, anna, "🎟")
    assert anna.last.photo is not None
    assert anna.last.buttons[0].text.startswith("📋")
    assert held in await taps(svoi, anna, "🏷")
    assert "LUCH-7KQ4-2M" in await taps(svoi, anna, "🎟")


async def test_two_clients_get_two_codes_and_the_owner_sees_the_count(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    boris, _ = await a_client(svoi, "Борис", phone="+79120000002")
    owner = an_owner(svoi)
    for person in (anna, boris):
        await hears(svoi, person, "/offers")
        assert "Выдано" not in said(person.last)
        await taps(svoi, person, "🎟 Получить код")
    assert "LUCH-9TX3-8B" in said(boris.last)
    assert "Выдано: 2, осталось: 18" in await hears(svoi, owner, "/offers")


async def test_a_stranger_who_asks_for_offers_is_invited_to_register(svoi: RunningBot) -> None:
    stranger = svoi.telegram.person("Некто", language_code="ru")
    assert "карта постоянного клиента" in await hears(svoi, stranger, "/offers")


@pytest.mark.parametrize(
    ("language_code", "asked", "thanked", "button"),
    [
        ("ru", "+50 баллов сразу", "Спасибо, что назвали день рождения!", "🎂"),
        ("en", "+50 points as soon as", "Thank you for telling us your birthday!", "🎂"),
    ],
)
async def test_a_birthday_told_from_the_offers_is_thanked_for(
    svoi: RunningBot, language_code: str, asked: str, thanked: str, button: str
) -> None:
    anna = await a_card(svoi, language_code=language_code)
    await hears(svoi, anna, "/offers")
    assert asked in await taps(svoi, anna, button)
    assert thanked in await hears(svoi, anna, "12.03.1985")
    assert (await anna_s_row(svoi)).balance == 50
    assert "12" in await hears(svoi, anna, "/profile")
    assert "+50" not in await taps(svoi, anna, "🎂")


async def test_a_birthday_told_at_registration_is_on_the_card_at_once(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна", language_code="ru", phone="+79120000001")
    await hears(svoi, anna, "/start")
    for key in ("✅", "✅", "✅", "✅"):
        await taps(svoi, anna, key)
    assert "+50 баллов сразу" in said(anna.last)
    await hears(svoi, anna, "12 марта")
    told = [said(message) for message in anna.messages[-2:]]
    assert any("Баланс: 150 баллов" in words and "Номер карты" in words for words in told)
    assert any("Спасибо, что назвали день рождения!" in words for words in told)


@pytest.mark.parametrize(
    ("language_code", "service", "free", "kept", "booked", "receipt", "stamped"),
    [
        (
            "ru",
            "замена фильтра",
            "Этот визит бесплатный: Каждая десятая замена бесплатно",
            "Бесплатный визит остаётся на другой раз",
            "Бесплатно: Каждая десятая замена бесплатно",
            "Этот визит для вас бесплатный",
            ("1 из 10", "9 из 10\n🎁 В следующий раз — бесплатно!", "0 из 10"),
        ),
        (
            "en",
            "filter change",
            "This visit is free: Every tenth change is free",
            "The free visit is kept for another day",
            "Free: Every tenth change is free",
            "This visit is free for you",
            ("1 of 10", "9 of 10\n🎁 The next one is free!", "0 of 10"),
        ),
    ],
)
async def test_the_tenth_change_is_free_kept_for_later_and_used(
    svoi: RunningBot,
    language_code: str,
    service: str,
    free: str,
    kept: str,
    booked: str,
    receipt: str,
    stamped: tuple[str, ...],
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_card(svoi, language_code=language_code)
    for _ in range(9):
        await hears(svoi, alina, f"/visit {CARD} 1500 {service}")
        await taps(svoi, alina, "✅")
        await svoi.passes(timedelta(minutes=5))
    receipts = [said(message) for message in anna.messages if "№" in message.words]
    assert stamped[0] in receipts[0]
    assert stamped[1] in receipts[-1]
    at_the_desk = "следующий раз бесплатно" if language_code == "ru" else "the next one is free"
    assert at_the_desk in await hears(svoi, alina, f"/client {CARD}")
    shown = await hears(svoi, alina, f"/visit {CARD} 1500 {service}")
    assert free in shown
    assert ": 0 ₽" in shown
    assert kept in await taps(svoi, alina, "🕓")
    assert free in await taps(svoi, alina, "🎁")
    assert booked in await taps(svoi, alina, "✅")
    last = [said(message) for message in anna.messages if "№ 10" in message.words][-1]
    assert receipt in last
    assert stamped[2] in last
    assert "1 455" not in last
    await hears(svoi, anna, "/card")
    assert anna.last.photo is not None


@pytest.mark.parametrize(
    ("language_code", "service", "preview", "receipt"),
    [
        (
            "ru",
            "ремонт",
            ("Начислим: 72 балла", "за визит (3 %): 36", "Двойные баллы по вторникам: +36"),
            ("+72 балла", "за визит: +36", "Двойные баллы по вторникам: +36"),
        ),
        (
            "en",
            "repair",
            ("To be earned: 72 points", "for the visit (3%): 36", "Double points on Tuesdays: +36"),
            ("+72 points", "for the visit: +36", "Double points on Tuesdays: +36"),
        ),
    ],
)
async def test_double_points_on_tuesday_are_shown_and_told(
    svoi: RunningBot,
    language_code: str,
    service: str,
    preview: tuple[str, ...],
    receipt: tuple[str, ...],
) -> None:
    await svoi.passes(timedelta(days=1))
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_card(svoi, language_code=language_code)
    shown = await hears(svoi, alina, f"/visit {CARD} 1200 {service}")
    for words in preview:
        assert words in shown
    await taps(svoi, alina, "✅")
    told = said(anna.messages[0])
    for words in receipt:
        assert words in told


async def test_a_tuesday_s_preview_confirmed_after_midnight_is_shown_anew(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await svoi.passes(timedelta(days=1, hours=11, minutes=55))  # 23:55
    assert "Двойные баллы" in await hears(svoi, alina, f"/visit {CARD} 1200 ремонт")
    await svoi.passes(timedelta(minutes=6))
    anew = await taps(svoi, alina, "✅")
    assert "Условия изменились" in anew
    assert "Двойные баллы" not in anew
    assert "проведён" in await taps(svoi, alina, "✅")
    assert (await anna_s_row(svoi)).balance == 36


async def test_words_of_review_are_thanked_for_once(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await hears(svoi, alina, f"/visit {CARD} 1000")
    await taps(svoi, alina, "✅")
    assert "За отзыв словами: +20 баллов" in await hears(svoi, anna, "/feedback")
    assert "+20 баллов за отзыв" in await taps(svoi, anna, "5")
    assert "Спасибо за отзыв о визите № 1!" in await hears(svoi, anna, "Всё понравилось")
    async with svoi.app.database.read() as db:
        entries = await ledger.of_client(db, (await anna_s_row(svoi)).id, limit=10)
    assert [entry.kind for entry in entries].count(EntryKind.ACTION) == 1
    assert "за отзыв о визите № 1" in await hears(svoi, anna, "/history")
