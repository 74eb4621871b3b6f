"""The webhook: 200 only after the update is committed, 401 for whoever lacks the secret."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
import structlog
from aiohttp import web

from bot.delivery.outcomes import BAD_REQUEST_CODE, TOKEN_REVOKED_CODE
from bot.settings import Settings
from bot.telegram import (
    Telegram,
    TelegramRefused,
    TelegramUnanswered,
    TelegramUnreachable,
    TokenRevoked,
)
from storage.failures import is_passing

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
BODY_BYTES_MAX = 1_000_000
CONNECTIONS_MAX = "40"
SHUTDOWN_S = 3.0  # for requests whose commit is on its way
PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)

log = structlog.get_logger("webhook")

Receive = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]


class WebhookUnusable(Exception):
    """The webhook cannot be served as the settings have it: which one, and why."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting
        self.reason = reason


class Webhook:
    """Serves Telegram's calls until it is cancelled."""

    def __init__(
        self, settings: Settings, telegram: Telegram, receive: Receive, *, allowed_updates: str
    ) -> None:
        assert settings.webhook_url is not None
        assert settings.webhook_secret is not None
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret
        self._listen = settings.webhook_listen
        self._telegram = telegram
        self._receive = receive
        self._allowed_updates = allowed_updates

    async def run(self) -> None:
        """Listens first, then tells Telegram where.

        Raises:
            WebhookUnusable: the address is taken, or Telegram refuses the URL.
            TokenRevoked: Telegram does not know the token.
        """
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.router.add_route("*", "/{path:.*}", self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, self._listen.host, self._listen.port).start()
            except OSError as error:
                reason = f"cannot listen there: {error.strerror or type(error).__name__}"
                raise WebhookUnusable("SVOI_WEBHOOK_LISTEN", reason) from None
            await self._register()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _register(self) -> None:
        """Tells Telegram our address, as often as it takes."""
        failures = 0
        while True:
            pause_s = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
            try:
                await self._telegram.call(
                    "setWebhook",
                    {
                        "url": self._url,
                        "secret_token": self._secret,
                        "max_connections": CONNECTIONS_MAX,
                        "allowed_updates": self._allowed_updates,
                    },
                )
            except TelegramRefused as refusal:
                if refusal.code == TOKEN_REVOKED_CODE:
                    raise TokenRevoked from None
                if refusal.code == BAD_REQUEST_CODE:
                    reason = f"Telegram refuses it: {refusal.description}"
                    raise WebhookUnusable("SVOI_WEBHOOK_URL", reason) from None
                pause_s = max(pause_s, refusal.retry_after_s or 0)
                log.warning("setWebhook refused", reason=refusal.description, pause_s=pause_s)
            except (TelegramUnreachable, TelegramUnanswered) as error:
                log.warning("Telegram does not answer", reason=str(error), pause_s=pause_s)
            else:
                return
            failures += 1
            await asyncio.sleep(pause_s)

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            return web.Response(status=401)
        if request.method != "POST":
            return web.Response(status=405)
        try:
            update = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            return web.Response(status=400)
        if not isinstance(update, dict):
            return web.Response(status=400)
        try:
            await self._receive([update])
        except Exception as error:
            if not is_passing(error):
                log.error("an update cannot be stored", exc_info=error)
            else:
                log.warning("an update cannot be stored now", error=type(error).__name__)
            # Telegram brings it again.
            return web.Response(status=500)
        return web.Response()
