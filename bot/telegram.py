"""Raw calls to the Bot API: what aiogram would parse batch by batch, we take as it comes.

getUpdates is taken raw because one update that cannot be parsed would fail its whole batch;
messages leave the outbox as form fields that were made when they were queued.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import orjson

from storage.outbox import File

CONNECT_TIMEOUT_S = 10
ANSWER_TIMEOUT_S = 30
CONNECTIONS_MAX = 64


class TelegramRefused(Exception):
    """Telegram answered, and the answer is no."""

    def __init__(self, code: int, description: str, retry_after_s: int | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s


class TelegramUnreachable(Exception):
    """No connection, or the gateway says it is down: the call had no effect."""


class TelegramUnanswered(Exception):
    """The call went out and no readable answer came: it may have had its effect."""


class TokenRevoked(Exception):
    """Telegram knows the token no more; nothing works until the owner sets a new one."""


class Telegram:
    """One bot at one Bot API server."""

    def __init__(self, api: str, token: str) -> None:
        self._base = f"{api.rstrip('/')}/bot{token}/"
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        method: str,
        fields: Mapping[str, str] | None = None,
        *,
        files: Sequence[File] = (),
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> Any:
        """The result of the call.

        Raises:
            TelegramRefused: Telegram turned it down.
            TelegramUnreachable: it did not get through.
            TelegramUnanswered: it may have got through.
        """
        timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_TIMEOUT_S)
        data = _form(fields or {}, files)
        try:
            async with self._open().post(self._base + method, data=data, timeout=timeout) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TelegramUnreachable(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TelegramUnanswered(type(error).__name__) from None
        return _result(status, body)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
                # A session of its own keeps no cookies and follows no redirect with the token.
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _form(fields: Mapping[str, str], files: Sequence[File]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in fields.items():
        form.add_field(name, value)
    for file in files:
        form.add_field(file.field, file.body, filename=file.name)
    return form


def _result(status: int, body: bytes) -> Any:
    try:
        answer = orjson.loads(body)
        if answer["ok"]:
            return answer["result"]
        code, description = int(answer["error_code"]), str(answer["description"])
        retry_after = (answer.get("parameters") or {}).get("retry_after")
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        # A gateway's page in place of the API's answer: it was not handed on.
        if status >= 500:
            raise TelegramUnreachable(f"HTTP {status}") from None
        raise TelegramUnanswered("unreadable answer") from None
    if code >= 500:
        raise TelegramUnreachable(f"HTTP {code}")
    raise TelegramRefused(code, description, retry_after)
