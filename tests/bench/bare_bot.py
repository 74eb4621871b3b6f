"""The yardstick: a bare aiogram bot that answers one command, with no database behind it."""

import asyncio
import sys

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import Message


async def main(api: str, token: str) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message(Command("balance"))
    async def balance(message: Message) -> None:
        await message.answer("Баланс: 100")

    session = AiohttpSession(api=TelegramAPIServer.from_base(api))
    await dispatcher.start_polling(Bot(token, session=session), handle_signals=True)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:])) if sys.platform != "win32" else asyncio.run(main(*sys.argv[1:]))
