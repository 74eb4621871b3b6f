"""Birthdays and invitations back, as they arrive on a phone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from storage import clients
from tests.flows.guests import a_client, town_of
from tests.flows.running import RunningBot

DAY = timedelta(days=1)
TEN_ON_THE_12TH = datetime(2027, 3, 12, 7, 0, tzinfo=UTC)


async def born_on_12_march(svoi: RunningBot, client_id: int) -> None:
    async with svoi.app.database.write() as db:
        born = {"birthday_day": 12, "birthday_month": 3, "birthday_told_on": date(2027, 2, 1)}
        await clients.change(db, client_id, born)


async def moves_to(svoi: RunningBot, moment: datetime) -> None:
    svoi.clock.move_to(moment)
    await svoi.settle()


@pytest.mark.parametrize(
    ("language_code", "greeting", "until"),
    [("ru", "Анна, с днём рождения!", "26 марта"), ("en", "Happy birthday, Анна!", "26 March")],
)
async def test_rule_15_the_gift_arrives_at_ten_without_advert_consent_and_says_until_when(
    svoi: RunningBot, language_code: str, greeting: str, until: str
) -> None:
    anna, anna_id = await a_client(svoi, language_code=language_code, adverts=False)
    await born_on_12_march(svoi, anna_id)
    before = len(anna.messages)
    await moves_to(svoi, TEN_ON_THE_12TH - timedelta(seconds=1))
    assert len(anna.messages) == before
    await moves_to(svoi, TEN_ON_THE_12TH)
    assert greeting in anna.last.text
    assert until in anna.last.text
    await anna.send("/balance")
    assert (await anna.hears()).text.splitlines()[0].endswith(": 400")
    for later in (-DAY, timedelta(), DAY, 5 * DAY):
        await moves_to(svoi, TEN_ON_THE_12TH + later)
    assert len([message for message in anna.messages if greeting in message.text]) == 1


async def test_a_greeting_leads_to_the_card(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    await born_on_12_march(svoi, anna_id)
    await moves_to(svoi, TEN_ON_THE_12TH)
    await anna.tap("💳")
    await anna.hears(lambda message: message.photo is not None)


async def test_rule_20_an_advert_ends_all_adverts_with_one_tap(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi)
    await svoi.passes(89 * DAY)
    assert "давно не виделись" not in anna.last.text
    await svoi.passes(DAY)
    gifts = [entry.amount for entry in await town_of(svoi).entries(anna_id)]
    assert gifts == [100, 200]
    assert "Анна, давно не виделись!" in anna.last.text
    await anna.tap("❌")
    await anna.hears("рекламы от «Мастер» больше не будет")
    assert not (await town_of(svoi).knows(anna_id)).advert_consent
    await anna.tap("❌")
    await anna.sees_answer("уже отключена")
    count = len(anna.messages)
    await svoi.passes(100 * DAY)
    assert all("давно не виделись" not in message.text for message in anna.messages[count:])
    await anna.tap("👤 Профиль")
    await anna.hears("Профиль")


async def test_rule_15_without_consent_nobody_is_invited_back(svoi: RunningBot) -> None:
    anna, anna_id = await a_client(svoi, adverts=False)
    await svoi.passes(120 * DAY)
    assert all("давно не виделись" not in message.text for message in anna.messages)
    assert [entry.kind for entry in await town_of(svoi).entries(anna_id)] == ["welcome"]


async def test_an_invitation_waits_for_the_end_of_quiet_hours_with_its_points(
    svoi: RunningBot,
) -> None:
    anna, anna_id = await a_client(svoi)
    svoi.clock.move(90 * DAY - timedelta(hours=4))  # eight in the morning
    await svoi.settle()
    assert len(await town_of(svoi).entries(anna_id)) == 1
    await svoi.passes(timedelta(hours=1))
    assert "давно не виделись" in anna.last.text
    assert len(await town_of(svoi).entries(anna_id)) == 2
