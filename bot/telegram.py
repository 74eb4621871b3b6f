"""Raw calls to the Bot API: what aiogram would parse batch by batch, we take as it comes.

getUpdates is taken raw because one update that cannot be parsed would fail its whole batch;
messages leave the outbox as form fields that were made when they were queued.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from storage.outbox import File

CONNECT_TIMEOUT_S = 10
ANSWER_TIMEOUT_S = 30
UPLOAD_BYTES_PER_S = 100_000  # what a slow line manages
CONNECTIONS_MAX = 64
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


class TelegramRefused(Exception):
    """Telegram answered, and the answer is no."""

    def __init__(self, code: int, description: str, retry_after_s: int | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s


class TelegramUnreachable(Exception):
    """The call had no effect: there was no connection."""


class TelegramBroken(TelegramUnreachable):
    """The call had no effect: Telegram, or the gateway before it, is at fault (5xx)."""


class TelegramUnanswered(Exception):
    """The call went out and no readable answer came: it may have had its effect."""


class TokenRevoked(Exception):
    """Telegram knows the token no more; nothing works until the owner sets a new one."""


class Telegram:
    """One bot at one Bot API server."""

    def __init__(self, api: str, token: str) -> None:
        self._base = f"{api.rstrip('/')}/bot{token}/"
        self._session: aiohttp.ClientSession | None = None
        self._session_of_new_connections: aiohttp.ClientSession | None = None

    async def call(
        self,
        method: str,
        fields: Mapping[str, str] | None = None,
        *,
        files: Sequence[File] = (),
        timeout_s: float = ANSWER_TIMEOUT_S,
        on_new_connection: bool = False,
    ) -> Any:
        """The result of the call.

        Raises:
            TelegramRefused: Telegram turned it down.
            TelegramUnreachable: it did not get through.
            TelegramUnanswered: it may have got through.
        """
        timeout_s += sum(len(file.body) for file in files) / UPLOAD_BYTES_PER_S
        timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_TIMEOUT_S)
        data = _body(fields or {}, files)
        try:
            async with self._open(on_new_connection).post(
                self._base + method,
                data=data,
                headers=None if files else URLENCODED,
                timeout=timeout,
                allow_redirects=False,  # the address holds the token
            ) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TelegramUnreachable(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TelegramUnanswered(type(error).__name__) from None
        return _result(status, body)

    def _open(self, on_new_connection: bool) -> aiohttp.ClientSession:
        if on_new_connection:
            if self._session_of_new_connections is None:
                self._session_of_new_connections = _session(force_close=True)
            return self._session_of_new_connections
        if self._session is None:
            self._session = _session(force_close=False)
        return self._session

    async def close(self) -> None:
        for session in (self._session, self._session_of_new_connections):
            if session is not None:
                await session.close()


def _session(*, force_close: bool) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, force_close=force_close),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def _body(fields: Mapping[str, str], files: Sequence[File]) -> bytes | aiohttp.FormData:
    if not files:
        # Most calls have none, and aiohttp's form prepares for files whether they come or not.
        return urlencode(fields).encode()
    form = aiohttp.FormData(quote_fields=False)
    for name, value in fields.items():
        form.add_field(name, value)
    for file in files:
        form.add_field(file.field, file.body, filename=file.name)
    return form


def _loads(body: bytes) -> Any:
    """JSON as lax as it comes: half a character in one update must not hide all the others."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def _result(status: int, body: bytes) -> Any:
    try:
        answer = _loads(body)
        if answer["ok"]:
            return answer["result"]
        code, description = int(answer["error_code"]), str(answer["description"])
        retry_after_s = _retry_after_s(answer)
    except (KeyError, TypeError, ValueError, RecursionError):
        # A gateway's page in place of the API's answer: it was not handed on.
        if status >= 500:
            raise TelegramBroken(f"HTTP {status}") from None
        raise TelegramUnanswered("unreadable answer") from None
    if code >= 500:
        raise TelegramBroken(f"HTTP {code}")
    raise TelegramRefused(code, description, retry_after_s)


def _retry_after_s(answer: Mapping[str, Any]) -> int | None:
    given = (answer.get("parameters") or {}).get("retry_after")
    return None if given is None else int(given)
