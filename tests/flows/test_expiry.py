"""Points that run out, as it reads on a phone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from operations.ledger import EntryKind, grant
from playground.people import Person
from tests.flows.guests import a_client, town_of
from tests.flows.running import RunningBot

DAY = timedelta(days=1)
LAST_DAY = date(2027, 4, 1)


async def grants(svoi: RunningBot, client_id: int, points: int, until: date) -> None:
    async with town_of(svoi).tx() as tx:
        await grant(
            tx,
            client_id,
            points,
            kind=EntryKind.ACTION,
            key=f"test:{points}:{until}",
            valid_through=until,
        )


async def comes_to(svoi: RunningBot, day: date, hour_utc: int = 9) -> None:
    svoi.clock.move_to(datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC))
    await svoi.settle()


def heard(person: Person, beginning: str) -> list[str]:
    return [message.text for message in person.messages if beginning in message.text]


@pytest.mark.parametrize(
    ("language_code", "warning", "lines", "gone", "left"),
    [
        (
            "ru",
            "Анна, у части ваших баллов скоро закончится срок",
            ("• 40 баллов — до 1 апреля включительно", "• 100 баллов — до 1 февраля 2028"),
            "Сгорели 40 баллов: закончился срок",
            "На карте осталось: 100 баллов",
        ),
        (
            "en",
            "Анна, some of your points will expire soon",
            ("• 40 points: spend by 1 April", "• 100 points: spend by 1 February 2028"),
            "40 points expired",
            "Left on your card: 100 points",
        ),
    ],
)
async def test_rule_11_the_client_is_warned_thrice_and_told_when_they_are_gone(
    svoi: RunningBot,
    language_code: str,
    warning: str,
    lines: tuple[str, ...],
    gone: str,
    left: str,
) -> None:
    anna, anna_id = await a_client(svoi, language_code=language_code, adverts=False)
    await grants(svoi, anna_id, 40, LAST_DAY)
    for times, ahead in enumerate((30, 7, 1), start=1):
        await comes_to(svoi, LAST_DAY - ahead * DAY)
        said = [text.replace("\u00a0", " ") for text in heard(anna, warning)]
        assert len(said) == times
        assert all(line in said[-1] for line in lines)
    await comes_to(svoi, LAST_DAY, hour_utc=20)
    assert heard(anna, gone) == []
    await comes_to(svoi, LAST_DAY + DAY)
    (said,) = [text.replace("\u00a0", " ") for text in heard(anna, gone)]
    assert left in said
    await anna.tap("🧾")
    await svoi.settle()
    assert "−40" in anna.last.text
    await anna.send("/balance")
    await svoi.settle()
    assert anna.last.text.splitlines()[0].endswith(": 100")


async def test_what_goes_at_midnight_is_said_in_the_morning(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi, adverts=False)
    await grants(svoi, anna_id, 40, LAST_DAY)
    await comes_to(svoi, LAST_DAY - DAY)
    await comes_to(svoi, LAST_DAY, hour_utc=22)  # one in the morning of the day after
    assert (await town_of(svoi).knows(anna_id)).balance == 100
    assert heard(anna, "Сгорел") == []
    await comes_to(svoi, LAST_DAY + DAY, hour_utc=6)
    assert len(heard(anna, "Сгорел")) == 1


async def test_who_blocked_the_bot_finds_the_days_in_the_balance_when_they_return(
    svoi: RunningBot,
) -> None:
    anna, anna_id = await a_client(svoi, adverts=False)
    await grants(svoi, anna_id, 40, LAST_DAY)
    anna.block()
    await svoi.settle()
    await comes_to(svoi, LAST_DAY + 5 * DAY)
    anna.unblock()
    await anna.send("/balance")
    await svoi.settle()
    assert "40 баллов — после 6 апреля" in anna.last.text.replace("\u00a0", " ")
    await comes_to(svoi, LAST_DAY + 6 * DAY)
    assert (await town_of(svoi).knows(anna_id)).balance == 100
