"""A log of every call that the bot made, for assertions about it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import orjson

from playground.files import Upload
from playground.schema import JSON
from playground.world import Bell


@dataclass(slots=True)
class Call:
    """One call of a Bot API method; `at` is monotonic seconds."""

    method: str
    params: JSON
    uploads: dict[str, Upload] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)
    chat_id: int | None = None
    status: int = 0  # 0: not answered yet, or the connection was dropped
    description: str = ""
    retry_after_s: int | None = None
    message_id: int | None = None  # of the message that it made or changed

    @property
    def ok(self) -> bool:
        return self.status == 200


class CallLog:
    """The newest calls, oldest first."""

    def __init__(self, calls_max: int) -> None:
        self._calls: deque[Call] = deque(maxlen=calls_max)
        self._bell = Bell()
        self.total = 0

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def add(self, call: Call) -> None:
        """Counts a call as it is answered."""
        self.total += 1
        self._calls.append(call)
        self._bell.ring()

    def clear(self) -> None:
        self._calls.clear()

    def of(self, *methods: str, chat_id: int | None = None, ok: bool | None = None) -> list[Call]:
        """The calls of these methods (all, if none is named), to one chat, answered so."""
        return [
            call
            for call in self._calls
            if (not methods or call.method in methods)
            and (chat_id is None or call.chat_id == chat_id)
            and (ok is None or call.ok == ok)
        ]

    def too_soon(self) -> list[Call]:
        """Sends to a chat made before the `retry_after` that it had been answered with."""
        closed_until: dict[int, float] = {}
        early = []
        for call in self._calls:
            if call.chat_id is None or not is_send(call.method):
                continue
            if call.at < closed_until.get(call.chat_id, 0):
                early.append(call)
            if call.retry_after_s is not None:
                closed_until[call.chat_id] = call.at + call.retry_after_s
        return early

    def repeated(self) -> list[tuple[Call, Call]]:
        """Pairs of accepted sends with the same content to the same chat."""
        seen: dict[tuple[str, int | None, bytes], Call] = {}
        pairs = []
        for call in self._calls:
            if call.message_id is None or not call.method.startswith("send"):
                continue
            key = (call.method, call.chat_id, _content(call))
            if key in seen:
                pairs.append((seen[key], call))
            seen[key] = call
        return pairs

    async def wait_for(
        self, wanted: Callable[[Call], bool], *, times: int = 1, timeout_s: float = 10
    ) -> list[Call]:
        """Returns the first `times` calls that match, as soon as there are so many."""
        found = [call for call in self._calls if wanted(call)]
        seen = self.total
        async with asyncio.timeout(timeout_s):
            while len(found) < times:
                await self._bell.wait()
                new = list(islice(reversed(self._calls), self.total - seen))
                found += [call for call in reversed(new) if wanted(call)]
                seen = self.total
        return found[:times]


def _content(call: Call) -> bytes:
    """What was said, whatever name an attached file had in its request."""
    said = {
        key: value
        for key, value in call.params.items()
        if not (isinstance(value, str) and value.startswith("attach://"))
    }
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def is_send(method: str) -> bool:
    """Whether Telegram counts the method against the pace of messages."""
    return method.startswith(("send", "edit", "copy", "forward")) and method not in _UNPACED


_UNPACED = {"sendChatAction", "sendMessageDraft", "sendRichMessageDraft"}
