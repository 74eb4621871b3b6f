"""aiogram's bot without a connection: what it makes is sent by the outbox, and by nothing else."""

from collections.abc import AsyncGenerator
from typing import Any, NoReturn

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession


class SentPastTheOutbox(RuntimeError):
    """Something called Telegram by itself: it would be said twice, or never, after a crash."""


class UnconnectedSession(BaseSession):
    """Serialises calls and makes none; aiogram's own would load all certificates for nothing."""

    async def close(self) -> None:
        """Nothing is open."""

    async def make_request(self, *_: Any, **__: Any) -> NoReturn:
        raise SentPastTheOutbox

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        raise SentPastTheOutbox
        yield b""


def unconnected_bot(token: str) -> Bot:
    """It parses updates and serialises replies."""
    properties = DefaultBotProperties(parse_mode="HTML")
    return Bot(token, session=UnconnectedSession(), default=properties)
