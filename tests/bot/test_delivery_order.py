"""Who is served first, how fast, and in which order."""

import itertools

import pytest

from bot.delivery.pace import Limits
from playground.calls import Call
from playground.limits import PaceLimits
from playground.server import LocalTelegram
from storage.outbox import Lane
from tests.bot.lives import Rig, alive, post, said, settled, texts, until


def sent_texts(telegram: LocalTelegram) -> list[str]:
    return [call.params["text"] for call in telegram.calls.of("sendMessage", ok=True)]


async def test_replies_overtake_notices_and_notices_overtake_adverts(
    rig: Rig, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}", started=True) for n in range(12)]
    lanes = [Lane.ADVERT, Lane.SERVICE, Lane.REPLY] * 4
    await rig.queue(
        [said(person, lane.name, lane) for person, lane in zip(people, lanes, strict=True)]
    )
    async with alive(rig.app(limits=Limits(messages_per_s=20), consents=True)) as app:
        await settled(app)
    order = sent_texts(telegram)
    # The first page that is read may be of adverts only by chance of time, never by choice.
    assert order == ["REPLY"] * 4 + ["SERVICE"] * 4 + ["ADVERT"] * 4


class TestAtTelegramsPace:
    """Against the stand-in's own limits, which answer 429 to whoever is too fast."""

    @pytest.fixture
    def pace(self) -> PaceLimits | None:
        return PaceLimits()

    async def test_a_reply_does_not_stand_behind_two_thousand_adverts(
        self, rig: Rig, telegram: LocalTelegram
    ) -> None:
        anna = telegram.person("Анна")
        crowd = [telegram.person(f"p{n}", started=True) for n in range(2_000)]
        async with alive(rig.app(limits=None, consents=True)) as app:
            await post(app, [said(person, "advert", Lane.ADVERT) for person in crowd])
            await until(lambda: len(telegram.calls.of("sendMessage")) >= 20)
            asked_after = len(telegram.calls.of("sendMessage"))
            await anna.send("/cancel")
            await anna.hears()
            calls = telegram.calls.of("sendMessage")
            place = [call.chat_id for call in calls].index(anna.id)
            assert place - asked_after < 60, "two seconds' worth of adverts at the most"
            await anna.tap_data("forged", message_id=1)
            await anna.sees_answer()
            assert telegram.pace.refused == 0

    async def test_three_hundred_letters_to_three_hundred_chats_meet_no_429(
        self, rig: Rig, telegram: LocalTelegram
    ) -> None:
        crowd = [telegram.person(f"p{n}", started=True) for n in range(300)]
        async with alive(rig.app(limits=None)) as app:
            await post(app, [said(person, "hello") for person in crowd])
            await settled(app)
        assert telegram.pace.refused == 0
        assert len(telegram.calls.of("sendMessage", ok=True)) == 300
        assert in_any_second(telegram.calls.of("sendMessage")) <= 30

    async def test_twenty_letters_to_one_chat_come_in_order_and_meet_no_429(
        self, rig: Rig, telegram: LocalTelegram
    ) -> None:
        anna = telegram.person("Анна", started=True)
        words = [f"word {number}" for number in range(20)]
        async with alive(rig.app(limits=None)) as app:
            await post(app, [said(anna, word) for word in words])
            await settled(app)
        assert texts(anna) == words
        assert telegram.pace.refused == 0


def in_any_second(calls: list[Call]) -> int:
    times = [call.at for call in calls]
    return max(sum(begin <= at < begin + 1 for at in times) for begin in times)


async def test_one_letter_of_a_chat_is_on_its_way_at_a_time(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    telegram.faults.slow(0.05, method="sendMessage", times=5)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, f"word {number}") for number in range(10)])
        await settled(app)
    assert texts(anna) == [f"word {number}" for number in range(10)]
    slow = telegram.calls.of("sendMessage")[:5]
    gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(slow)]
    assert all(gap >= 0.05 for gap in gaps), "the next one leaves when the last one is marked"
