"""A flood of one chat is cut, told once, and costs nobody else anything."""

from hypothesis import given
from hypothesis import strategies as st

from bot.throttle import BURST_MAX, CHATS_MAX, REFILL_PER_S, Throttle


class Now:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def admits(throttle: Throttle, *chats: int) -> tuple[bool, ...]:
    ruling = throttle.rule(chats)
    throttle.enact(ruling)
    return ruling.admitted


def test_what_overflows_is_refused_and_time_gives_it_back() -> None:
    now = Now()
    throttle = Throttle(now)
    assert all(admits(throttle, *[7] * BURST_MAX))
    assert admits(throttle, 7, 8, 0) == (False, True, True)
    now.at += 1
    assert admits(throttle, *[7] * 4) == (True, True, True, False)


def test_a_flood_is_told_of_once_and_the_next_one_again() -> None:
    now = Now()
    throttle = Throttle(now)
    flood = [7] * (BURST_MAX + 50)

    def told() -> tuple[int, ...]:
        ruling = throttle.rule(flood)
        throttle.enact(ruling)
        return ruling.to_tell

    assert told() == (7,)
    now.at += 10
    assert told() == ()
    now.at += BURST_MAX / REFILL_PER_S
    assert told() == (7,)


def test_a_batch_that_could_not_be_stored_is_not_counted() -> None:
    throttle = Throttle(Now())
    batch = [7] * 100
    for _ in range(50):
        ruling = throttle.rule(batch)
        assert all(ruling.admitted), "it comes again and again while the database is locked"
    throttle.enact(ruling)
    assert all(admits(throttle, *batch))


def test_what_is_no_news_is_not_counted() -> None:
    throttle = Throttle(Now())
    for _ in range(50):
        ruling = throttle.rule([7] * 100)
        assert all(ruling.admitted)
        throttle.enact(ruling, repeats=[7] * 100)


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=200), max_size=12))
def test_nobody_pays_for_another(batches: list[list[int]]) -> None:
    together, alone = Throttle(Now()), {chat: Throttle(Now()) for chat in range(4)}
    for batch in batches:
        ruling = together.rule(batch)
        together.enact(ruling)
        for chat in range(4):
            mine = [
                admitted
                for key, admitted in zip(batch, ruling.admitted, strict=True)
                if key == chat
            ]
            assert admits(alone[chat], *[chat] * len(mine)) == tuple(mine)


def test_memory_is_bounded() -> None:
    throttle = Throttle(Now())
    for begin in range(0, 3 * CHATS_MAX, 1_000):
        admits(throttle, *range(begin + 1, begin + 1_001))
    assert len(throttle._buckets) == CHATS_MAX
