"""The pace that Telegram accepts, with a clock that is moved by hand."""

import pytest
from aiogram.exceptions import TelegramRetryAfter

from playground import LocalTelegram
from playground.limits import Pace, PaceLimits
from playground.refusals import Refusal
from playground.world import Chat, Keep, User, World
from tests.playground.bots import bot_for

LIMITS = PaceLimits()


class Clock:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(LIMITS, clock=clock)


def chats(count: int) -> list[Chat]:
    bot = User({"id": 1, "is_bot": True, "first_name": "Бот"})
    world = World(bot, keep=Keep())
    return [
        world.add_user({"id": number, "is_bot": False, "first_name": "x"})
        for number in range(2, count + 2)
    ]


def refused(pace: Pace, chat: Chat) -> int | None:
    """The pause that a send is answered with; None if it passes."""
    try:
        pace.admit(chat)
    except Refusal as refusal:
        assert refusal.error_code == 429  # noqa: PT017 - a send that passes is expected as well
        return refusal.retry_after_s
    return None


def test_a_chat_takes_a_burst_and_then_one_a_second(pace: Pace, clock: Clock) -> None:
    [chat] = chats(1)
    assert [refused(pace, chat) for _ in range(LIMITS.chat_burst)] == [None] * LIMITS.chat_burst
    assert refused(pace, chat) == LIMITS.chat_retry_after_s
    clock.now += LIMITS.chat_retry_after_s
    assert [refused(pace, chat) for _ in range(4)] == [None, None, None, 3]


def test_a_patient_sender_is_never_refused(pace: Pace, clock: Clock) -> None:
    [chat] = chats(1)
    for _ in range(100):
        assert refused(pace, chat) is None
        clock.now += 1


def test_every_send_in_the_pause_is_refused_again_and_counted(pace: Pace, clock: Clock) -> None:
    [chat, other] = chats(2)
    while refused(pace, chat) is None:
        pass
    clock.now += 1.5
    assert refused(pace, chat) == 2
    assert refused(pace, chat) == 2
    assert refused(pace, other) is None
    assert (pace.refused, pace.refused_in_pause) == (3, 2)


def test_thirty_evenly_spaced_a_second_pass_and_sixty_do_not(pace: Pace, clock: Clock) -> None:
    many = chats(100)
    for number in range(300):
        assert refused(pace, many[number % 100]) is None
        clock.now += 1 / 30
    told = []
    for number in range(60):
        told.append(refused(pace, many[number % 100]))
        clock.now += 1 / 60
    assert LIMITS.total_retry_after_s in told


def test_two_bursts_within_a_second_are_too_much(pace: Pace, clock: Clock) -> None:
    many = chats(60)
    assert all(refused(pace, chat) is None for chat in many[:30])
    clock.now += 0.9
    assert any(refused(pace, chat) for chat in many[30:])


def test_a_group_takes_twenty_a_minute(pace: Pace, clock: Clock) -> None:
    world = World(User({"id": 1, "is_bot": True, "first_name": "Бот"}), keep=Keep())
    group = world.add_chat({"id": -5, "title": "x"}, "supergroup")
    for _ in range(20):
        assert refused(pace, group) is None
        clock.now += 1
    assert refused(pace, group) == LIMITS.chat_retry_after_s
    clock.now += 60
    assert refused(pace, group) is None


def test_an_album_counts_all_its_messages(pace: Pace) -> None:
    [chat] = chats(1)
    pace.admit(chat, 8)
    with pytest.raises(Refusal, match="retry after 3"):
        pace.admit(chat, 2)


async def test_a_bot_that_hurries_is_told_when_to_come_back() -> None:
    async with LocalTelegram(pace=PaceLimits(chat_burst=2, chat_retry_after_s=600)) as telegram:
        anna = telegram.person("Анна", started=True)
        boris = telegram.person("Борис", started=True)
        bot = bot_for(telegram)
        await bot.send_message(anna.id, "раз")
        sent = await bot.send_message(anna.id, "два")
        for _ in range(2):
            with pytest.raises(TelegramRetryAfter) as told:
                await bot.send_message(anna.id, "три")
            assert told.value.retry_after == 600
        with pytest.raises(TelegramRetryAfter):
            await sent.edit_text("четыре")
        await bot.send_message(boris.id, "раз")
        await bot.get_chat(anna.id)
        await sent.delete()
        assert telegram.pace.refused_in_pause == 2
        assert len(telegram.calls.too_soon()) == 2
        await bot.session.close()


async def test_a_refused_message_keeps_no_place() -> None:
    async with LocalTelegram(pace=PaceLimits(chat_burst=1)) as telegram:
        anna = telegram.person("Анна", started=True)
        bot = bot_for(telegram)
        await bot.send_message(anna.id, "раз")
        with pytest.raises(TelegramRetryAfter):
            await bot.send_message(anna.id, "два")
        assert [message.text for message in anna.messages] == ["раз"]
        await bot.session.close()
