"""Real aiogram bots against the local Telegram."""

import asyncio
import contextlib
import struct
import zlib
from typing import Self

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message

from playground import LocalTelegram


def bot_for(telegram: LocalTelegram, token: str | None = None) -> Bot:
    """A bot whose Telegram is the local one; close its session."""
    server = TelegramAPIServer.from_base(telegram.base_url)
    return Bot(token or telegram.token, session=AiohttpSession(api=server))


class Pollers:
    """Dispatchers that poll; stopped in the end."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._running: list[tuple[Dispatcher, asyncio.Task[None]]] = []

    async def __aenter__(self) -> Self:
        return self

    def start(self, dispatcher: Dispatcher) -> None:
        polling = dispatcher.start_polling(
            self._bot, handle_signals=False, close_bot_session=False, polling_timeout=20
        )
        task = asyncio.get_running_loop().create_task(polling)
        self._running.append((dispatcher, task))

    async def __aexit__(self, *_error: object) -> None:
        for dispatcher, task in self._running:
            # Only cancelled, it leaves a task of its own behind, which opens the session again.
            with contextlib.suppress(RuntimeError):  # it has ended, or never began
                await dispatcher.stop_polling()
            task.cancel()
        tasks = (task for _, task in self._running)
        await asyncio.gather(*tasks, return_exceptions=True)


def echo() -> Dispatcher:
    """Says what it hears, and what was tapped."""
    router = Router()

    @router.message(F.text)
    async def say(message: Message) -> None:
        await message.answer(f"эхо: {message.text}")

    @router.message(F.contact)
    async def whose(message: Message) -> None:
        assert message.contact is not None
        assert message.from_user is not None
        own = message.contact.user_id == message.from_user.id
        await message.answer(f"телефон {message.contact.phone_number}, свой: {own}")

    @router.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        await query.answer(f"нажато {query.data}")

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher


def png(width: int = 4, height: int = 3) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
