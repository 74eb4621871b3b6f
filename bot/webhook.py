"""The webhook: 200 only after the update is committed, 401 for whoever lacks the secret."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
import structlog
from aiohttp import web

from bot.settings import Settings
from bot.telegram import Telegram

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
BODY_BYTES_MAX = 1_000_000
CONNECTIONS_MAX = "40"
ALLOWED_UPDATES = '["message","callback_query","my_chat_member"]'

log = structlog.get_logger("webhook")

Receive = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]


class Webhook:
    """Serves Telegram's calls until it is cancelled."""

    def __init__(self, settings: Settings, telegram: Telegram, receive: Receive) -> None:
        assert settings.webhook_url is not None
        assert settings.webhook_secret is not None
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret
        self._listen = settings.webhook_listen
        self._telegram = telegram
        self._receive = receive

    async def run(self) -> None:
        """Listens first, then tells Telegram where."""
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.router.add_post("/{path:.*}", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._listen.host, self._listen.port).start()
            await self._telegram.call(
                "setWebhook",
                {
                    "url": self._url,
                    "secret_token": self._secret,
                    "max_connections": CONNECTIONS_MAX,
                    "allowed_updates": ALLOWED_UPDATES,
                },
            )
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return web.Response(status=401)
        try:
            update = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            return web.Response(status=400)
        if not isinstance(update, dict):
            return web.Response(status=400)
        await self._receive([update])
        return web.Response()
