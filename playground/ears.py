"""Waiting for what the bot says, by event and never by a sleep."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from playground.backend import Backend
from playground.seen import Answer, ChatMessage
from playground.world import Chat, Event

HEAR_SECONDS = 10.0
T = TypeVar("T")
Wanted = str | re.Pattern[str] | Callable[[ChatMessage], bool]


class NotHeard(AssertionError):
    """The awaited message did not come in time."""


class Ear:
    """Listens in one chat.

    Only what came after the listener's last act counts, and nothing is heard twice: two receipts
    take two calls of `hears`, in whichever order they come.
    """

    __slots__ = ("_backend", "_chat", "_heard", "_mark")

    def __init__(self, backend: Backend, chat: Chat) -> None:
        self._backend = backend
        self._chat = chat
        self._mark = 0
        self._heard: set[int] = set()

    def forget(self) -> None:
        """From now on only what is new counts."""
        self._mark = self._backend.world.last_event
        self._heard.clear()

    def unheard(self, *, ever: bool = False) -> Iterator[Event]:
        mark = 0 if ever else self._mark
        return (
            event
            for event in self._chat.events
            if event.number > mark and event.number not in self._heard
        )

    def heard_message(self, wanted: Wanted, *, ever: bool = False) -> ChatMessage | None:
        """The oldest unheard message of the bot, new or edited, that is wanted."""
        for event in self.unheard(ever=ever):
            message = self._from_bot(event)
            if message is not None and message.matches(wanted):
                self._heard.add(event.number)
                return message
        return None

    def heard_answer(self, person_id: int, wanted: str) -> Answer | None:
        """The oldest unheard answer to a tap of this person that has these words."""
        for event in self.unheard():
            payload = event.payload
            if event.kind != "answer" or payload["person_id"] != person_id:
                continue
            if wanted in payload["text"]:
                self._heard.add(event.number)
                return answer_of(event)
        return None

    def _from_bot(self, event: Event) -> ChatMessage | None:
        if event.kind not in ("message", "edited"):
            return None
        message = ChatMessage(event.payload, self._backend.files)
        return message if message.sender_id == self._backend.world.bot.id else None

    async def wait(self, find: Callable[[], T | None], what: str, timeout_s: float) -> T:
        """Returns what `find` finds, now or after some change in the chat."""
        try:
            async with asyncio.timeout(timeout_s):
                while (found := find()) is None:
                    await self._chat.bell.wait()
                return found
        except TimeoutError:
            raise NotHeard(f"{what} in {timeout_s} s; {self._told()}") from None

    def _told(self) -> str:
        said = [str(message) for event in self.unheard() if (message := self._from_bot(event))]
        count = len(self._heard)
        return f"heard before: {count}, unheard: {'; '.join(said) or 'nothing'}"


def answer_of(event: Event) -> Answer:
    """An answer to a tap as the person sees it."""
    payload = event.payload
    return Answer(payload["query_id"], payload["text"], payload["show_alert"], payload["url"])
