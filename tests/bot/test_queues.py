"""Whose turn it is, for any letters that come in any order."""

from collections import defaultdict
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.pace import ChatBucket, Limits, Pace
from bot.delivery.queues import FORGET_EVERY, Queues
from storage.outbox import Lane, Letter

MESSAGES = (Lane.REPLY, Lane.SERVICE, Lane.ADVERT)
UNPACED = Limits(messages_per_s=None)


def letter(number: int, chat_id: int, lane: Lane) -> Letter:
    return Letter(lane=lane, chat_id=chat_id, method="sendMessage", payload={}, id=number)


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[str, int, Lane, float]]:
    """Letters that arrive, sends that begin, sends that end so or so, and time that passes."""
    act = st.tuples(
        st.sampled_from(["add", "add", "pop", "pop", "release", "put back", "wait"]),
        st.integers(1, 4),
        st.sampled_from(MESSAGES),
        st.floats(0, 3),
    )
    return draw(st.lists(act, max_size=120))


@given(scripts(), st.booleans())
def test_every_letter_comes_out_once_in_the_order_of_its_chat_and_lane(
    script: list[tuple[str, int, Lane, float]],
    paced: bool,
) -> None:
    queues = Queues(Limits() if paced else UNPACED)
    now, number = 100.0, 0
    waiting: dict[tuple[int, Lane], list[int]] = defaultdict(list)
    in_flight: dict[int, Letter] = {}
    silent_until: dict[int, float] = {}

    def pop() -> bool:
        popped = queues.pop(now)
        if popped is None:
            assert not queues.has_ready(now)
            return False
        chat_id = popped.chat_id
        assert chat_id not in in_flight, "one in flight a chat"
        assert now >= silent_until.get(chat_id, 0)
        better = [
            key
            for key, ids in waiting.items()
            if ids and key[1] < popped.lane and key[0] == chat_id
        ]
        assert not better, "a lower lane overtakes within its chat"
        assert waiting[chat_id, popped.lane].pop(0) == popped.id
        in_flight[chat_id] = popped
        return True

    for act, chat_id, lane, seconds in script:
        if act == "add":
            number += 1
            assert queues.add(letter(number, chat_id, lane), now)
            assert not queues.add(letter(number, chat_id, lane), now), "memory holds it already"
            waiting[chat_id, lane].append(number)
        elif act == "pop":
            pop()
        elif act == "wait":
            now += seconds
        elif chat_id in in_flight:
            done = in_flight.pop(chat_id)
            if act == "release":
                queues.release(done, now)
            else:
                silent_until[chat_id] = max(silent_until.get(chat_id, 0), now + seconds)
                queues.put_back(done, now, not_before=now + seconds)
                waiting[chat_id, done.lane].insert(0, done.id)

    for _ in range(1_000):  # in the end everything comes out, without anybody's help but time's
        for chat_id in list(in_flight):
            queues.release(in_flight.pop(chat_id), now)
        if not pop():
            at = queues.next_at()
            if at is None:
                break
            assert at > now
            now = at
    assert not any(waiting.values())
    assert queues.is_empty


@given(st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=40))
def test_between_chats_replies_overtake_notices_and_notices_adverts(lanes: list[Lane]) -> None:
    queues = Queues(UNPACED)
    for number, lane in enumerate(lanes, start=1):
        queues.add(letter(number, number, lane), 0.0)
    popped = [queues.pop(0.0) for _ in lanes]
    assert [found.lane for found in popped if found] == sorted(lanes)


def test_chats_of_one_lane_take_turns() -> None:
    queues = Queues(UNPACED)
    for number in range(9):
        queues.add(letter(number, number // 3, Lane.REPLY), 0.0)  # all of 0, then of 1, then of 2
    chats = []
    for _ in range(9):
        found = queues.pop(0.0)
        assert found is not None
        chats.append(found.chat_id)
        queues.release(found, 0.0)
    assert chats == [0, 1, 2] * 3


def test_chats_that_are_idle_are_forgotten() -> None:
    queues = Queues(Limits())
    for number in range(FORGET_EVERY):
        now = 1_000.0 * number
        queues.add(letter(number, number, Lane.REPLY), now)
        found = queues.pop(now)
        assert found is not None
        queues.release(found, now)
    assert len(queues._chats) <= 1


@given(st.lists(st.floats(0, 0.5), min_size=2, max_size=300))
def test_no_second_has_more_turns_than_the_pace(pauses: list[float]) -> None:
    pace = Pace(Limits(messages_per_s=28))
    now, taken = 50.0, []
    for pause in pauses:
        now += pause
        if pace.delay_s(now) <= 0:
            pace.take(now)
            taken.append(now)
    for begin in taken:
        assert sum(begin <= at < begin + 1 for at in taken) <= 28


@given(st.lists(st.floats(0, 4), min_size=1, max_size=200))
def test_a_chat_gets_a_burst_and_then_one_a_second(pauses: list[float]) -> None:
    limits = Limits()
    bucket = ChatBucket(limits, 10.0)
    now, taken = 10.0, []
    for pause in pauses:
        now += pause
        if bucket.ready_at(now) <= now:
            bucket.take(now)
            taken.append(now)
    for begin in taken:
        for seconds in (1, 5, 20):
            within = sum(begin <= at < begin + seconds for at in taken)
            assert within <= limits.chat_burst_max + seconds * limits.chat_refill_per_s


def test_rule_21_a_letter_told_anew_is_said_in_its_last_words_wherever_it_is() -> None:
    """Waiting, in flight, and read from a page that is older than the change."""
    queues = Queues(UNPACED)
    old = [letter(number, number, Lane.REPLY) for number in (1, 2, 3)]
    for one in old[:2]:
        queues.add(one, 0.0)
    in_flight = queues.pop(0.0)
    assert in_flight == old[0]
    for one in old:
        queues.reword(replace(one, payload={"text": "—"}))
    queues.add(old[2], 0.0)
    queues.put_back(replace(in_flight, attempts=1), 0.0, not_before=0.0)
    said = [queues.pop(0.0) for _ in old]
    assert {(one.id, one.attempts) for one in said if one} == {(1, 1), (2, 0), (3, 0)}
    assert all(one is not None and one.payload == {"text": "—"} for one in said)
