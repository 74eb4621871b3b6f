"""Whatever Telegram does with ids, a bot that confirms what it handled misses nothing."""

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from playground.updates import UpdateQueue

ID_GAP = 2_000  # more than a conversation has updates


class Conversation(RuleBasedStateMachine):
    """Telegram on one side, on the other a bot that polls as aiogram does."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = UpdateQueue(first_id=50_000, history_max=50)
        self.sent = 0
        self.handled: set[int] = set()
        self.ids: list[int] = []
        self.offset = 0

    @rule(times=st.integers(1, 5))
    def somebody_writes(self, times: int) -> None:
        for _ in range(times):
            self.sent += 1
            update_id = self.queue.push("message", {"n": self.sent}, chat_id=1)
            assert update_id is not None
            self.ids.append(update_id)

    @rule(data=st.data())
    def telegram_repeats_itself(self, data: st.DataObject) -> None:
        recent = self.ids[-20:]
        if recent:
            self.queue.redeliver(data.draw(st.sampled_from(recent)))

    @rule(distance=st.integers(ID_GAP, 100_000), up=st.booleans())
    def ids_restart_after_an_idle_week(self, distance: int, up: bool) -> None:
        self.drain()
        # Far from the last offset: where the new ids straddle it, not even Telegram itself could
        # tell whether the offset speaks of the old ones.
        here = max(self.offset, self.queue.newest_id)
        up = up or here <= distance
        self.queue.restart_ids(here + distance if up else here - distance)
        self.ids.clear()

    @rule(limit=st.integers(1, 100))
    def the_bot_polls(self, limit: int) -> None:
        self.poll(limit)

    def poll(self, limit: int) -> list[dict[str, Any]]:
        self.queue.apply_offset(self.offset)
        batch: list[dict[str, Any]] = orjson.loads(self.queue.batch(limit))
        for update in batch:
            self.handled.add(update["message"]["n"])
            self.offset = update["update_id"] + 1
        return batch

    def drain(self) -> None:
        for _ in range(50):
            if not self.poll(100):
                break
        assert self.handled == set(range(1, self.sent + 1))
        assert len(self.queue) == 0

    @invariant()
    def what_was_not_handled_still_waits(self) -> None:
        waiting = {orjson.loads(p.body)["message"]["n"] for p in self.queue.waiting()}
        assert set(range(1, self.sent + 1)) <= self.handled | waiting

    def teardown(self) -> None:
        self.drain()


TestConversation = Conversation.TestCase


@given(st.lists(st.integers(1, 30), max_size=20), st.integers(0, 40))
@settings(deadline=None)
def test_an_offset_confirms_just_the_lower_ids(pushes: list[int], ahead: int) -> None:
    queue = UpdateQueue(first_id=1, history_max=1_000)
    for count in pushes:
        for _ in range(count):
            queue.push("message", {}, chat_id=1)
    offset = min(ahead, queue.newest_id + 1)
    queue.apply_offset(offset)
    left = [pending.update_id for pending in queue.waiting()]
    assert left == list(range(max(offset, 1), queue.newest_id + 1))
