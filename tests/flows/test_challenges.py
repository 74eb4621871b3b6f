"""A contest as its participants see it: from the announcement to the prize."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from playground.people import Person
from tests.flows.desk_scene import a_card, said, staff_at
from tests.flows.running import RunningBot

FIRST_NOON = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


async def taps(svoi: RunningBot, person: Person, key: str) -> str:
    await person.tap(key)
    await svoi.settle()
    return said(person.last)


async def sends(svoi: RunningBot, person: Person, text: str) -> str:
    await person.send(text)
    await svoi.settle()
    return said(person.last)


async def visits(svoi: RunningBot, alina: Person, card: str, amount: int) -> None:
    await sends(svoi, alina, f"/visit {card} {amount}")
    await taps(svoi, alina, "✅")


async def looks(svoi: RunningBot, person: Person) -> str:
    await sends(svoi, person, "/badges")
    return await taps(svoi, person, "🏁")


@pytest.mark.parametrize(
    ("language_code", "announced", "running", "empty", "last_day", "won", "lost", "result"),
    [
        (
            "ru",
            ("С 1 марта по 31 марта", "До старта 10 дней", "🥇 1 000 · 🥈 500 · 🥉 300 баллов"),
            ("осталось 30 дней", "🥇 Вы — 2 визита", "🥈 Борис П. — 1 визит"),
            "Вас в таблице пока нет",
            "Сегодня последний день",
            ("1-е место: «Весенний забег»", "Ваш результат — 2 визита", "+1 000 баллов"),
            ("Ваше место: 4 из 4, 1 визит", "🥇 Анна — 2 визита"),
            ("Завершено 31 марта. Участников: 4.", "🥇 Анна — 2 визита", "4. Вы — 1 визит"),
        ),
        (
            "en",
            ("From 1 March to 31 March", "It starts in 10 days", "🥇 1,000 · 🥈 500 · 🥉 300"),
            ("30 days left", "🥇 You: 2 visits", "🥈 Борис П.: 1 visit"),
            "You are not in the table yet",
            "Today is the last day",
            ("Place 1 in “Spring run”", "Your result: 2 visits", "+1,000 points"),
            ("Your place: 4 of 4, 1 visit", "🥇 Анна: 2 visits"),
            ("Ended on 31 March. Participants: 4.", "🥇 Анна: 2 visits", "4. You: 1 visit"),
        ),
    ],
)
async def test_from_the_announcement_to_the_prize(
    svoi: RunningBot,
    language_code: str,
    announced: tuple[str, ...],
    running: tuple[str, ...],
    empty: str,
    last_day: str,
    won: tuple[str, ...],
    lost: tuple[str, ...],
    result: tuple[str, ...],
) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi, language_code=language_code)
    names = ("Борис Петров", "Вера", "Глеб")
    others = [
        await a_card(
            svoi,
            name,
            language_code=language_code,
            phone=f"+7912000000{n}",
            card_number=f"765432{n}",
            card_code=f"card{n}",
        )
        for n, name in enumerate(names)
    ]
    svoi.clock.move_to(FIRST_NOON - timedelta(days=10))
    hears(await looks(svoi, anna), announced)
    svoi.clock.move_to(FIRST_NOON)
    assert empty in await looks(svoi, anna)
    for card, amount in (
        ("1234567", 1000),
        ("1234567", 2000),
        ("7654320", 1000),
        ("7654321", 1000),
        ("7654322", 1000),
    ):
        svoi.clock.move(timedelta(minutes=5))
        await visits(svoi, alina, card, amount)
    hears(await looks(svoi, anna), running)
    svoi.clock.move_to(FIRST_NOON.replace(day=31))
    assert last_day in await looks(svoi, anna)
    svoi.clock.move_to(FIRST_NOON + timedelta(days=31))
    await svoi.settle()
    hears(said(anna.last), won)
    hears(said(others[2].last), lost)
    hears(await taps(svoi, others[2], "🏁"), result)


def hears(text: str, words: tuple[str, ...]) -> None:
    for word in words:
        assert word in text


async def test_who_opts_out_in_the_profile_plays_unseen(svoi: RunningBot) -> None:
    alina, anna = await staff_at(svoi), await a_card(svoi)
    boris = await a_card(
        svoi, "Борис", phone="+79120000002", card_number="7654321", card_code="boris"
    )
    svoi.clock.move_to(FIRST_NOON)
    await visits(svoi, alina, "1234567", 1000)
    assert "Анна" in await looks(svoi, boris)
    await looks(svoi, anna)
    assert "вас видно" in await taps(svoi, anna, "🙈")
    assert "вас не видно" in await taps(svoi, anna, "🙈")
    assert "Анна" not in await looks(svoi, boris)
    assert "Вас видите только вы" in await looks(svoi, anna)
    await sends(svoi, anna, "/profile")
    await taps(svoi, anna, "🏁 Показывать")
    assert "Анна" in await looks(svoi, boris)


async def test_staff_see_the_table_and_know_that_they_are_out_of_it(svoi: RunningBot) -> None:
    alina, anna = await staff_at(svoi), await a_card(svoi)
    svoi.clock.move_to(FIRST_NOON)
    await visits(svoi, alina, "1234567", 1000)
    from operations.senders import Role
    from tests.flows.guests import town_of

    await town_of(svoi).hires("Анна", Role.STAFF, telegram_id=anna.id)
    shown = await looks(svoi, anna)
    assert "вне конкурса" in shown
    assert "Вы —" not in shown


async def test_a_button_of_a_contest_that_is_no_more_leads_to_the_badges(svoi: RunningBot) -> None:
    from templates.challenges import ShowChallenge

    anna = await a_card(svoi)
    await sends(svoi, anna, "/badges")
    await anna.tap_data(ShowChallenge("gone").pack())
    await svoi.settle()
    assert "значк" in said(anna.last).lower()


async def test_the_table_is_ranked_before_the_transaction_that_writes(svoi: RunningBot) -> None:
    alina, anna = await staff_at(svoi), await a_card(svoi)
    svoi.clock.move_to(FIRST_NOON)
    await visits(svoi, alina, "1234567", 1000)
    await sends(svoi, anna, "/badges")
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        written.append(statement.lower())

    event.listen(svoi.app.database.engine.sync_engine, "before_cursor_execute", note)
    assert "🥇 Вы — 1 визит" in await taps(svoi, anna, "🏁")
    assert any("insert into outbox" in statement for statement in written)
    assert not any("row_number" in statement for statement in written)
