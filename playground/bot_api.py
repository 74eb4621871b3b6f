"""The Bot API over HTTP: reads a call, meets it with faults, performs it, answers."""

import asyncio
import inspect
from typing import Any

from aiohttp import web

from playground import (
    method_chats,
    method_edits,
    method_messages,
    method_profile,
    method_updates,
)
from playground.backend import Backend, Method
from playground.calls import Call
from playground.faults import Fault
from playground.files import Upload
from playground.method_updates import Described, RawJson
from playground.origins import is_ours
from playground.refusals import Refusal, method_not_found
from playground.schema import JSON, method_schema
from playground.updates import PollAborted
from playground.wire import accepted, json_response, read_params, refused

METHODS: dict[str, Method] = {
    **method_messages.METHODS,
    **method_edits.METHODS,
    **method_updates.METHODS,
    **method_profile.METHODS,
    **method_chats.METHODS,
}
_BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)
_UNAUTHORIZED = Refusal(401, "Unauthorized")


class BotApi:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, backend: Backend, token: str) -> None:
        self.backend = backend
        self.token: str | None = token  # None: revoked
        self.going_down = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        """One call over HTTP."""
        name = request.match_info["method"]
        if not is_ours(request):
            raise web.HTTPForbidden
        if request.match_info["token"] != self.token:
            await request.read()
            return self._refuse(Call(name, {}), _UNAUTHORIZED)
        try:
            raw, uploads = await read_params(request)
            method, call = _prepared(name, raw, uploads)
        except Refusal as refusal:
            return self._refuse(Call(name, {}), refusal)
        except (ConnectionError, asyncio.IncompleteReadError, ValueError) as broken:
            return self._refuse(Call(name, {}), Refusal(400, f"Bad Request: {broken}"))
        if self.backend.faults:
            fault = self.backend.faults.take(call.method, call.chat_id)
            if fault is not None:
                return await self._faulty(request, method, call, fault)
        return await self._answered(request, method, call)

    async def perform(self, raw: JSON) -> None:
        """A call that came in a webhook's answer: performed, its result is nobody's."""
        name = raw.pop("method")
        try:
            method, call = _prepared(name, raw, {})
        except Refusal as refusal:
            self._refuse(Call(name, {}), refusal)
            return
        await self._body(method, call)

    async def _answered(self, request: web.Request, method: Method, call: Call) -> web.Response:
        try:
            body = await self._body(method, call)
        except PollAborted:
            return _dropped(request)
        return json_response(body, call.status)

    async def _body(self, method: Method, call: Call) -> bytes:
        """Performs a call; returns the answer's body and fills in the call's outcome."""
        try:
            result = method(self.backend, call)
            if inspect.isawaitable(result):
                result = await result
        except Refusal as refusal:
            return self._refused_body(call, refusal)
        call.status = 200
        self.backend.calls.add(call)
        if isinstance(result, RawJson):
            return b'{"ok":true,"result":' + result + b"}"
        if isinstance(result, Described):
            return accepted(*result)
        return accepted(result)

    def _refused_body(self, call: Call, refusal: Refusal) -> bytes:
        call.status = refusal.error_code
        call.description = refusal.description
        call.retry_after_s = refusal.retry_after_s
        self.backend.calls.add(call)
        return refused(refusal)

    def _refuse(self, call: Call, refusal: Refusal) -> web.Response:
        return json_response(self._refused_body(call, refusal), refusal.error_code)

    async def _faulty(
        self, request: web.Request, method: Method, call: Call, fault: Fault
    ) -> web.Response:
        if fault.kind == "answer":
            refusal = Refusal(fault.status, fault.description, retry_after_s=fault.retry_after_s)
            return self._refuse(call, refusal)
        if fault.kind == "slow":
            await self._rest(fault.delay_s)
            return await self._answered(request, method, call)
        body = b'{"ok":tr'
        if fault.accepted:
            body = (await self._body(method, call))[:-1]
        else:
            call.status = fault.status if fault.kind == "bad_gateway" else 0
            self.backend.calls.add(call)
        if fault.kind == "bad_gateway":
            return web.Response(body=_BAD_GATEWAY, status=502, content_type="text/html")
        if fault.kind == "invalid_json":
            return json_response(body)
        if fault.kind == "hang":
            await self._rest(fault.delay_s)
        return _dropped(request)

    async def _rest(self, seconds: float) -> None:
        """Waits, but not beyond the server's own end."""
        try:
            async with asyncio.timeout(seconds):
                await self.going_down.wait()
        except TimeoutError:
            pass

    async def download(self, request: web.Request) -> web.Response:
        """The bytes of a file."""
        if request.match_info["token"] != self.token:
            return json_response(refused(_UNAUTHORIZED), 401)
        fault = self.backend.faults.take("file", None) if self.backend.faults else None
        if fault is not None:
            if fault.kind in ("drop", "hang"):
                return _dropped(request)
            return web.Response(body=_BAD_GATEWAY, status=fault.status, content_type="text/html")
        stored = self.backend.files.by_path(request.match_info["path"])
        if stored is None:
            return json_response(refused(Refusal(404, "Not Found")), 404)
        return web.Response(body=stored.content, content_type=stored.content_type)


def _prepared(name: str, raw: JSON, uploads: dict[str, Upload]) -> tuple[Method, Call]:
    schema = method_schema(name)
    if schema is None:
        raise method_not_found()
    params = schema.typed(raw)
    call = Call(schema.name, params, uploads)
    chat_id: Any = params.get("chat_id")
    if isinstance(chat_id, int):
        call.chat_id = chat_id
    return METHODS.get(schema.name) or method_chats.answer_other(schema), call


def _dropped(request: web.Request) -> web.Response:
    """Cuts the connection; the answer that is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
